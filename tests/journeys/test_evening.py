# SPDX-License-Identifier: MIT
"""The demonstration, as a newcomer runs it: one evening over every road, and what it leaves."""

from __future__ import annotations

import csv
import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import pyx12.params
import pyx12.x12n_document
from pypdf import PdfReader

import programs

_ROADS = {"card", "superbill", "claim", "claim_and_copay", "package", "fee", "waived"}


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration printed, and a way to ask its practice more."""

    said: dict[str, Any]
    ask: Callable[..., Any]
    folder: Path

    @property
    def claim_file(self) -> Path:
        (path,) = self.said["claim_files"]
        return Path(path)

    def charges_of(self, session: str) -> list[dict[str, Any]]:
        return [one for one in self.said["charges"] if one["session_ref"] == session]

    def pdfs(self) -> list[Path]:
        return [Path(path) for path in self.said["files"]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, run once."""
    folder = tmp_path_factory.mktemp("evening") / "demo"
    ran = programs.run("demo", "--json", "--no-window", "--data", folder)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    passphrase = folder.with_name("passphrase")
    passphrase.write_text(said["passphrase"] + "\n", "utf-8")

    def ask(*arguments: object, status: int = 0) -> Any:
        asked = programs.run(
            "--data", said["data"], "--passphrase-file", passphrase, "--json", *arguments
        )
        assert asked.returncode == status, asked.stderr
        return json.loads(asked.stdout)

    return Demo(said, ask, folder)


@pytest.fixture(scope="module")
def journal(demo: Demo) -> list[dict[str, Any]]:
    return demo.ask("journal")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def balances(demo: Demo) -> dict[str, dict[str, Any]]:
    return {one["client_ref"]: one for one in demo.ask("balances")}


@pytest.fixture(scope="module")
def claims(demo: Demo) -> dict[str, dict[str, Any]]:
    return {one["client_ref"]: one for one in demo.ask("claims", "list")}


def by_account(entries: list[dict[str, Any]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for entry in entries:
        for line in entry["postings"]:
            sums[line["account"]] += line["amount_cents"]
    return sums


# What the evening holds.


def test_at_least_twelve_sessions_take_every_road(demo: Demo) -> None:
    assert {one["route"] for one in demo.said["charges"]} == _ROADS
    assert len({one["session_ref"] for one in demo.said["charges"]}) >= 12
    assert demo.said["totals"]["sessions"] >= 14


def test_one_card_is_declined_and_the_others_are_paid(demo: Demo) -> None:
    states = Counter(one["state"] for one in demo.said["card_charges"])
    assert states["declined"] == 1
    assert set(states) == {"declined", "succeeded"}
    assert states["succeeded"] >= 6
    (declined,) = [one for one in demo.said["card_charges"] if one["state"] == "declined"]
    assert declined["decline_code"] == "insufficient_funds"
    assert declined["message"]
    assert all(one["processor_id"].startswith("pi_") for one in demo.said["card_charges"])


def test_what_needs_a_person_is_said_once_each(demo: Demo) -> None:
    codes = Counter(one["code"] for one in demo.said["exceptions"])
    assert codes == {
        "under-16-minutes": 1,
        "card-declined": 1,
        "diagnosis-not-billable": 1,
        "unsigned-note": 1,
    }
    assert all(len(one["message"]) > 20 for one in demo.said["exceptions"])


def test_the_short_and_the_unsigned_session_are_not_billed(demo: Demo) -> None:
    named = {one["code"]: one["ref"] for one in demo.said["exceptions"]}
    assert demo.charges_of(named["under-16-minutes"]) == []
    assert demo.charges_of(named["unsigned-note"]) == []
    assert demo.charges_of(named["card-declined"]) != []


def test_one_claim_is_blocked_with_what_to_mend_and_the_others_left(
    claims: dict[str, dict[str, Any]],
) -> None:
    assert Counter(one["state"] for one in claims.values()) == {"sent": 5, "blocked": 1}
    (blocked,) = [one for one in claims.values() if one["state"] == "blocked"]
    assert [one["code"] for one in blocked["problems"]] == ["diagnosis-not-billable"]
    assert "F43.10" in blocked["problems"][0]["message"]


@pytest.mark.parametrize(
    ("client", "lines"),
    [
        ("c01", [("90837", [], "11", 1, 18500)]),
        ("c03", [("90834", ["95"], "10", 1, 14250)]),  # the payer's own fee
        ("c04", [("90837", ["93"], "10", 1, 18500)]),
        ("c06", [("90834", [], "11", 1, 14000)]),  # a fifth of the package
        ("c07", [("LATE_CANCEL", [], "", 1, 8500)]),
        ("c08", [("NO_SHOW", [], "", 1, 12000)]),
        ("c09", [("90834", [], "11", 1, 0)]),
        ("c10", [("90839", [], "11", 1, 24000), ("90840", [], "11", 1, 11500)]),
        ("c11", [("90847", ["GT"], "02", 1, 17000)]),
    ],
)
def test_codes_places_modifiers_and_fees_are_right(
    demo: Demo, client: str, lines: list[tuple[object, ...]]
) -> None:
    found = [
        (one["cpt"], one["modifiers"], one["pos"], one["units"], one["fee_cents"])
        for one in demo.said["charges"]
        if one["client_ref"] == client
    ]
    assert found == lines


@pytest.mark.parametrize(
    ("client", "cents"),
    [("c03", 3000), ("c10", 2000), ("c11", 2500), ("c13", 2500), ("c07", 8500), ("c08", 12000)],
)
def test_cards_are_asked_for_copays_fees_and_what_credit_leaves(
    demo: Demo, client: str, cents: int
) -> None:
    asked = [one for one in demo.said["card_charges"] if one["client_ref"] == client]
    assert [(one["amount_cents"], one["state"]) for one in asked] == [(cents, "succeeded")]


def test_the_totals_are_the_sums_of_the_rows(demo: Demo) -> None:
    totals, charges, cards = (demo.said[key] for key in ("totals", "charges", "card_charges"))
    claimed = [one for one in charges if one["route"] in ("claim", "claim_and_copay")]
    paid = [one for one in cards if one["state"] == "succeeded"]
    assert totals["charged_cents"] == sum(one["fee_cents"] for one in charges)
    assert totals["claims_cents"] == sum(one["fee_cents"] for one in claimed)
    assert totals["claims"] == len({one["session_ref"] for one in claimed})
    assert totals["fees_cents"] == sum(o["fee_cents"] for o in charges if o["route"] == "fee")
    assert totals["cards_succeeded"] == len(paid)
    assert totals["cards_succeeded_cents"] == sum(one["amount_cents"] for one in paid)
    assert totals["cards_declined_cents"] == 18500
    assert totals["cards_waiting_cents"] == totals["cards_unknown_cents"] == 0
    assert totals["superbills"] == len(demo.said["superbills"])


# What the ledger says.


def test_every_entry_and_the_whole_journal_sum_to_zero(journal: list[dict[str, Any]]) -> None:
    for entry in journal:
        assert len(entry["postings"]) >= 2
        assert sum(line["amount_cents"] for line in entry["postings"]) == 0
        assert all(isinstance(line["amount_cents"], int) for line in entry["postings"])
    assert sum(by_account(journal).values()) == 0
    assert [int(entry["id"]) for entry in journal] == list(range(1, len(journal) + 1))


def test_the_ledger_holds_what_the_cards_paid(demo: Demo, journal: list[dict[str, Any]]) -> None:
    tonight = [one for one in journal if one["source"].startswith("attempt:")]
    paid = by_account([one for one in tonight if one["kind"] == "payment"])
    assert paid["Assets:Stripe"] == demo.said["totals"]["cards_succeeded_cents"]
    sums = by_account(tonight)
    fees = [
        (one["amount_cents"] * 29 + 500) // 1000 + 30  # 2.9 % half up, and 30 cents
        for one in demo.said["card_charges"]
        if one["state"] == "succeeded"
    ]
    assert sums["Expenses:CardFees"] == sum(fees)
    assert sums["Assets:Stripe"] == demo.said["totals"]["cards_succeeded_cents"] - sum(fees)


def test_the_evenings_income_is_what_was_charged(demo: Demo, journal: list[dict[str, Any]]) -> None:
    evening = {f"session:{one['session_ref']}" for one in demo.said["charges"]}
    entries = [one for one in journal if one["kind"] == "charge" and one["source"] in evening]
    sums = by_account(entries)
    assert -sums["Income:Services"] - sums["Income:Fees"] == demo.said["totals"]["charged_cents"]
    assert -sums["Income:Fees"] == demo.said["totals"]["fees_cents"]
    per_source = Counter(one["source"] for one in entries)
    assert set(per_source.values()) == {1}


def test_balances_are_the_journals_accounts(
    balances: dict[str, dict[str, Any]], journal: list[dict[str, Any]]
) -> None:
    sums = by_account(journal)
    for ref, one in balances.items():
        assert one["patient_cents"] == sums[f"Assets:Receivable:Client:{ref}"]
        assert one["credit_cents"] == -sums[f"Liabilities:Credit:{ref}"]
        assert one["deferred_cents"] == -sums[f"Liabilities:Deferred:{ref}"]
    payers = sum(cents for name, cents in sums.items() if name.startswith("Assets:Receivable:Pay"))
    assert sum(one["insurer_cents"] for one in balances.values()) == payers


@pytest.mark.parametrize(
    ("client", "owes", "insurer", "credit", "deferred"),
    [
        ("c01", 0, 0, 0, 0),
        ("c02", 18500, 0, 0, 0),  # declined: still owed
        ("c03", 0, 14250, 3000, 0),  # the copay waits for the remittance
        ("c06", 0, 0, 0, 28000),  # two of five package sessions are left
        ("c07", 8500, 0, 0, 0),  # tonight's fee is paid, the older one is open
        ("c09", 0, 0, 0, 0),
        ("c15", 0, 15000, 0, 0),  # held, and owed all the same
    ],
)
def test_everyone_owes_what_they_should(
    balances: dict[str, dict[str, Any]],
    client: str,
    owes: int,
    insurer: int,
    credit: int,
    deferred: int,
) -> None:
    one = balances[client]
    assert (
        one["patient_cents"],
        one["insurer_cents"],
        one["credit_cents"],
        one["deferred_cents"],
    ) == (owes, insurer, credit, deferred)


def test_verify_finds_nothing_wrong(demo: Demo) -> None:
    found = demo.ask("verify")
    assert found["ok"] is True
    assert all(check["ok"] for check in found["checks"])
    assert len(found["checks"]) >= 6


# The claim file.


def test_pyx12_accepts_the_claim_file(demo: Demo) -> None:
    acknowledged = StringIO()
    accepted = pyx12.x12n_document.x12n_document(
        pyx12.params.ParamsBase(), str(demo.claim_file), acknowledged, None, None
    )
    assert accepted
    assert "IK5*A~" in acknowledged.getvalue()
    assert "AK9*A*1*1*1~" in acknowledged.getvalue()


def test_the_programs_own_check_finds_no_problem(demo: Demo) -> None:
    assert demo.ask("claims", "check", demo.claim_file) == {"ok": True, "problems": []}


def test_a_spoiled_copy_of_the_file_is_refused(demo: Demo, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.837"
    text = demo.claim_file.read_text("ascii").replace("HI*ABK:F331", "HI*ABK:", 1)
    spoiled.write_text(text, "ascii")
    found = demo.ask("claims", "check", spoiled, status=1)
    assert found["ok"] is False
    assert found["problems"]


def test_each_ready_claim_is_in_the_file_once_and_the_blocked_one_is_not(
    demo: Demo, claims: dict[str, dict[str, Any]]
) -> None:
    text = demo.claim_file.read_text("ascii")
    for one in claims.values():
        dollars = f"{one['total_cents'] / 100:.2f}".rstrip("0").rstrip(".")
        times = text.count(f"CLM*{one['control_number']}*{dollars}*")
        assert times == (0 if one["state"] == "blocked" else 1)
    assert text.count("CLM*") == 5
    assert claims["c15"]["state"] == "blocked"


def test_the_file_names_the_practice_and_only_what_a_payer_needs(demo: Demo) -> None:
    text = demo.claim_file.read_text("ascii")
    assert text.startswith("ISA*")
    assert "NM1*85*2*JUNIPER LANE THERAPY LLC*" in text
    assert "LATE_CANCEL" not in text
    assert "NO_SHOW" not in text
    assert "ABERNATHY" not in text  # pro bono
    assert "SV1*HC:90840*115*UN*1*" in text


# Paper.


def test_the_papers_are_there_readable_and_private(demo: Demo) -> None:
    names = sorted(path.name for path in demo.pdfs())
    assert names[0] == f"day-report-{demo.said['date']}.pdf"
    assert len(names) >= 2
    for path in demo.pdfs():
        assert path.read_bytes().startswith(b"%PDF-")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert PdfReader(path).pages[0].extract_text().strip()


def drawn(path: Path) -> Iterator[tuple[str, int]]:
    """The text of each page as pypdfium2 reads it, and how many grey levels its picture has."""
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            picture = page.render(scale=0.5, grayscale=True)
            yield page.get_textpage().get_text_range(), len(set(bytes(picture.buffer)))


def test_the_superbill_says_what_an_insurer_asks_for(demo: Demo) -> None:
    (bill,) = demo.said["superbills"]
    assert bill["charged_cents"] == bill["paid_cents"] == 6500
    ((text, _),) = drawn(Path(bill["file"]))
    for said in (
        "Hana Novotná",
        "Marisol Okafor",
        "LCSW",
        "L10482",
        "93-4418027",
        "(503) 555-0142",
        "1420 SW Juniper Lane",
        "90853",
        "F40.10",
        "BFX518822",
        bill["number"],
        "65.00",
    ):
        assert said in text


def test_the_day_report_shows_the_evening(demo: Demo) -> None:
    (report,) = [path for path in demo.pdfs() if path.name.startswith("day-report")]
    pages = list(drawn(report))
    text = " ".join(text for text, _ in pages)
    for said in ("Juniper Lane Therapy", "705.00", "declined", "No-show", "Zoë O’Brien"):
        assert said in text
    assert all(levels > 4 for _, levels in pages)


def test_a_months_superbills_can_be_printed_for_all(demo: Demo, tmp_path: Path) -> None:
    month = demo.said["date"][:7]
    bills = demo.ask("superbill", "--month", month, "--all", "--out", tmp_path)
    assert {one["client_ref"] for one in bills} == {"c05", "c13"}
    assert all(Path(one["file"]).parent == tmp_path for one in bills)
    assert len({one["file"] for one in bills}) == len(bills)
    notes = {one["client_ref"]: " ".join(one["cautions"]) for one in bills}
    assert {ref for ref, text in notes.items() if "sees twice" in text} == {"c13"}
    again = demo.ask("superbill", "--month", month, "--all", "--out", tmp_path)
    assert again == bills


# Once more.


def test_closing_again_charges_nobody_twice(
    demo: Demo, journal: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The processor of the demonstration is gone; another one sees what would be charged."""
    with programs.outside_world(tmp_path / "outside") as outside:
        for key in ("stripe.api_base", "stripe.key"):
            demo.ask("settings", key, outside.settings[key])
        close = ("close-day", "--date", demo.said["date"], "--yes", "--out", tmp_path / "out")
        again = demo.ask(*close, status=3)
        assert outside.ask("totals?by=iid") == {}
    for key in ("charges", "card_charges", "exceptions"):
        assert again[key] == demo.said[key]
    assert again["totals"] == demo.said["totals"]
    assert again["claim_files"] == []
    assert [one["number"] for one in again["superbills"]] == [
        one["number"] for one in demo.said["superbills"]
    ]
    assert demo.ask("journal") == journal
    assert len(list(demo.claim_file.parent.glob("*.837"))) == 1


def test_the_review_afterwards_shows_what_was_done(demo: Demo) -> None:
    rows = demo.ask("day", "--date", demo.said["date"], status=3)["rows"]
    assert len(rows) == demo.said["totals"]["sessions"]
    assert [bool(row["exceptions"]) for row in rows] == sorted(
        (bool(row["exceptions"]) for row in rows), reverse=True
    )
    assert {row["session_ref"] for row in rows if not row["billed"]} == {"e07", "e17"}


# The folder.


def test_the_sample_practice_is_an_ordinary_practice_folder(demo: Demo) -> None:
    folder = demo.folder / "practice-folder"
    with (folder / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tonight = [row for row in rows if row["start"].startswith(demo.said["date"])]
    assert len(tonight) == demo.said["totals"]["sessions"]


def test_the_practice_is_encrypted_and_its_files_are_private(demo: Demo) -> None:
    data = Path(demo.said["data"])
    assert not (data / "practice.db").read_bytes().startswith(b"SQLite format 3")
    for path in data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_log_names_nobody(demo: Demo) -> None:
    for path in (Path(demo.said["data"]) / "logs").rglob("*"):
        text = path.read_text("utf-8", "replace")
        assert not any(name in text for name in ("Novotn", "Marchetti", "Achebe", "Whitfield"))


def test_a_folder_that_is_no_demonstration_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear", "utf-8")
    ran = programs.run("demo", "--json", "--no-window", "--data", mine)
    assert ran.returncode == 1
    assert "Nothing was changed" in ran.stderr
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
