# SPDX-License-Identifier: MIT
"""A sample practice folder for any evening: a solo practice on one long and varied day.

Read by the demonstration, by tests, and by people who want to see what a practice folder looks
like. The same folder, day and seed give the same bytes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mediyn_desktop.core.clock import local_date
from mediyn_desktop.exchange.practice_folder.rows import (
    CardRow,
    ClientRow,
    CoverageRow,
    FeeRow,
    OpeningRow,
    PackageRow,
    PayerRow,
    PaymentRow,
    Row,
    SessionRow,
    columns,
)
from mediyn_desktop.exchange.sample_people import (
    CARDS,
    CLIENT_FEES,
    CLINICIAN,
    COVERAGE,
    FEES,
    PAYER_FEES,
    PAYERS,
    PRACTICE,
    Cells,
    clients,
)

_WEEKS = 6


def sample_today(now: datetime) -> date:
    """Return the date it is at ``now`` where the sample practice is."""
    return local_date(now, ZoneInfo(PRACTICE["timezone"]))


@dataclass(frozen=True, slots=True)
class _Slot:
    """One appointment of the evening."""

    client: str
    start: str
    minutes: int
    kind: str = "individual"
    place: str = "office"
    status: str = "attended"
    signed: bool = True


_EVENING = (
    _Slot("c09", "07:10", 45),
    _Slot("c01", "08:00", 53),
    _Slot("c03", "09:00", 45, place="video_home"),
    _Slot("c04", "10:00", 53, place="audio_home"),
    _Slot("c05", "11:00", 45),
    _Slot("c06", "11:50", 45),
    _Slot("c16", "12:40", 12),
    _Slot("c02", "13:00", 53),
    _Slot("c07", "14:00", 50, status="late_cancel"),
    _Slot("c10", "14:05", 80, kind="crisis"),
    _Slot("c08", "15:30", 50, status="no_show"),
    _Slot("c11", "16:30", 50, kind="family_with_client", place="video_other"),
    _Slot("c15", "17:30", 45),
    _Slot("c12", "18:30", 90, kind="group"),
    _Slot("c13", "18:30", 90, kind="group"),
    _Slot("c14", "18:30", 90, kind="group"),
    _Slot("c17", "20:10", 45, signed=False),
)

# Who came every week before, and what each session cost: paid at once unless it is left open.
_WEEKLY = (
    ("c01", "08:00", 53, "185", "check"),
    ("c05", "11:00", 45, "150", "card"),
    ("c08", "15:30", 53, "160", "cash"),
)
_PACKAGE_SOLD_WEEKS_AGO = 3


def write_sample_practice(folder: Path, day: date, seed: int = 1) -> Path:
    """Write the practice folder whose evening is ``day`` into ``folder`` and return it.

    Args:
        seed: varies minutes of history and the processor's customer ids.
    """
    chance = random.Random(seed)  # noqa: S311  (variety, not a secret)
    sessions, payments = _history(day, chance)
    sessions += [_session(f"e{n:02d}", day, slot) for n, slot in enumerate(_EVENING, start=1)]
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "practice.toml", _toml())
    _table(folder, PayerRow, PAYERS)
    _table(folder, ClientRow, clients())
    _table(folder, CoverageRow, [_since(day, one) for one in COVERAGE])
    _table(folder, FeeRow, _fees(day))
    _table(folder, CardRow, _cards(day, chance))
    _table(folder, SessionRow, sessions)
    _table(folder, PackageRow, [_package(day)])
    _table(folder, PaymentRow, payments)
    _table(folder, OpeningRow, _openings(day))
    return folder


def write_sample_evening(folder: Path, day: date) -> Path:
    """Write one more evening of the same people into ``folder``, for a practice that has them.

    Its sessions are named after ``day``; whoever has a package goes on using it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sessions = [
        _session(f"{day:%Y%m%d}-{number:02d}", day, slot)
        for number, slot in enumerate(_EVENING, start=1)
    ]
    _table(folder, SessionRow, sessions)
    return folder


def _history(day: date, chance: random.Random) -> tuple[list[Cells], list[Cells]]:
    """Return six weeks of weekly sessions and their payments; one stays unpaid."""
    sessions: list[Cells] = []
    payments: list[Cells] = []
    for weeks in range(_WEEKS, 0, -1):
        held = day - timedelta(weeks=weeks)
        for client, start, minutes, fee, method in _WEEKLY:
            longer = chance.randrange(0, 4)  # never across the boundary of a code
            slot = _Slot(client, start, minutes + longer)
            sessions.append(_session(f"w{weeks}-{client}", held, slot))
            if (client, weeks) != ("c05", 5):
                payments.append(
                    {"client_ref": client, "date": str(held), "amount": fee, "method": method}
                )
        if weeks < _PACKAGE_SOLD_WEEKS_AGO:
            sessions.append(_session(f"w{weeks}-c06", held, _Slot("c06", "11:50", 45)))
        sessions.append(_session(f"w{weeks}-c09", held, _Slot("c09", "07:10", 45)))
    return sessions, payments


def _session(ref: str, day: date, slot: _Slot) -> Cells:
    start = datetime.combine(day, time.fromisoformat(slot.start))
    end = start + timedelta(minutes=slot.minutes)
    signed = end + timedelta(minutes=4)
    return {
        "ref": ref,
        "client_ref": slot.client,
        "start": start.isoformat(timespec="minutes"),
        "end": end.isoformat(timespec="minutes"),
        "kind": slot.kind,
        "status": slot.status,
        "place": slot.place,
        "note_signed_at": signed.isoformat(timespec="minutes") if slot.signed else "",
    }


def _since(day: date, coverage: Cells) -> Cells:
    began = date(day.year - 1, 1, 1)
    usual = {"rank": "1", "relationship": "self", "effective_from": began.isoformat()}
    return {**usual, **coverage}


def _fees(day: date) -> list[Cells]:
    began = date(day.year - 1, 1, 1).isoformat()
    rows: list[Cells] = [{"code": code, "fee": fee, "effective_from": began} for code, fee in FEES]
    rows += [
        {"code": code, "fee": fee, "payer_ref": payer, "effective_from": began}
        for code, fee, payer in PAYER_FEES
    ]
    rows += [
        {"code": code, "fee": fee, "client_ref": client, "effective_from": began}
        for code, fee, client in CLIENT_FEES
    ]
    return rows


def _cards(day: date, chance: random.Random) -> list[Cells]:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    return [
        {
            "client_ref": client,
            "stripe_customer": "cus_" + "".join(chance.choices(letters, k=14)),
            "stripe_payment_method": method,
            "brand": brand,
            "last4": last4,
            "exp_month": str(chance.randint(1, 12)),
            "exp_year": str(day.year + 2),
            "consent_date": (day - timedelta(weeks=_WEEKS + 1)).isoformat(),
            "consent_scope": scope,
        }
        for client, method, brand, last4, scope in CARDS
    ]


def _package(day: date) -> Cells:
    sold = day - timedelta(weeks=_PACKAGE_SOLD_WEEKS_AGO)
    return {
        "client_ref": "c06",
        "sold_on": sold.isoformat(),
        "sessions": "5",
        "price": "700",
        "code": "90834",
    }


def _openings(day: date) -> list[Cells]:
    before = (day - timedelta(weeks=_WEEKS + 4)).isoformat()
    return [
        {"client_ref": "c07", "date_of_service": before, "amount": "85.00"},
        {"client_ref": "c13", "date_of_service": before, "amount": "-40.00"},
    ]


def _toml() -> str:
    parts = []
    for name, values in (("practice", PRACTICE), ("clinician", CLINICIAN)):
        lines = [f'{key} = "{value}"' for key, value in values.items()]
        parts.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join(parts) + "\n"


def _table(folder: Path, row: type[Row], rows: Iterable[Mapping[str, str]]) -> None:
    """Write one file with the columns its rows use, in the order of the contract."""
    kept: Sequence[Mapping[str, str]] = list(rows)
    used = [name for name in columns(row) if any(name in one for one in kept)]
    text = io.StringIO()
    writer = csv.DictWriter(text, used, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    _put(folder / row.FILE, text.getvalue())


def _put(path: Path, text: str) -> None:
    path.write_bytes(text.encode())  # bytes: the same on every platform
