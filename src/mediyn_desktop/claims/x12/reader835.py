# SPDX-License-Identifier: MIT
"""Reads an 835 claim by claim (guide 005010X221A1) into the values of ``model835``.

A segment belongs to the last claim, line or party that began; one that has no field there is kept
with it as it was sent. A remittance is long, so what repeats in it is made once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from mediyn_desktop.claims.x12.delimiters import Delimiters
from mediyn_desktop.claims.x12.inbound import (
    NO_PLACE,
    Contact,
    Dated,
    Origin,
    Party,
    Place,
    Reference,
)
from mediyn_desktop.claims.x12.model835 import (
    Adjustment,
    Payment,
    PaymentEnd,
    PaymentParty,
    ProviderAdjustment,
    RemitClaim,
    ServiceLine,
)
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import (
    Row,
    SetReader,
    at,
    read_contact,
    read_party,
    read_reference,
    with_city,
)
from mediyn_desktop.claims.x12.values import cents, day, procedure, span

_NOTHING: Row = [""] * 16
_LONGEST = 40


class _Part:
    """What is gathered for the header, a party, a claim or a line while its segments pass."""

    __slots__ = (
        "adjustments",
        "amounts",
        "contacts",
        "dates",
        "lines",
        "others",
        "parties",
        "place",
        "position",
        "quantities",
        "references",
        "remarks",
        "row",
    )

    def __init__(self, row: Row, position: int) -> None:
        self.row = row
        self.position = position
        self.adjustments: list[Adjustment] = []
        self.amounts: list[tuple[str, int]] = []
        self.contacts: list[Contact] = []
        self.dates: list[Dated] = []
        self.lines: list[ServiceLine] = []
        self.others: list[Segment] = []
        self.parties: list[Party] = []
        self.place: Place = NO_PLACE
        self.quantities: list[tuple[str, str]] = []
        self.references: list[Reference] = []
        self.remarks: list[str] = []


class Reader835(SetReader):
    """One 835: puts out its Payment, its RemitClaims, its ProviderAdjustments, its PaymentEnd."""

    def __init__(self, origin: Origin, marks: Delimiters, out: list[Any], position: int) -> None:
        super().__init__(origin, marks, out, position)
        self._header = _Part([], position)
        self._party: _Part | None = None
        self._made_parties: list[PaymentParty] = []
        self._claim: _Part | None = None
        self._line: _Part | None = None
        # Whatever the next segment is about.
        self._owner = self._header
        self._leading: list[Segment] = []
        self._late: list[Segment] = []
        self._header_out = False
        self._bpr = self._trn = self._cur = _NOTHING
        self._claims = self._charged = self._paid = self._taken_off = 0
        self.resumes = {"CLP": self._clp, "PLB": self._plb}
        self.handlers = {
            **self.resumes,
            "BPR": self._once,
            "TRN": self._once,
            "CUR": self._once,
            "N1": self._n1,
            "N3": self._n3,
            "N4": self._n4,
            "PER": self._per,
            "LX": self._lx,
            "TS2": self._ts,
            "TS3": self._ts,
            "NM1": self._nm1,
            "SVC": self._svc,
            "CAS": self._cas,
            "DTM": self._dtm,
            "REF": self._ref,
            "AMT": self._amt,
            "QTY": self._qty,
            "LQ": self._lq,
            "MIA": self._mia,
            "MOA": self._moa,
        }

    def other(self, row: Row, position: int) -> None:
        self._owner.others.append(self.segment(row, position))

    def finish(self, position: int, *, complete: bool) -> None:
        late = self.taken() if not complete else ()
        self._end_claim(position if complete else position + 1)
        self._put_header()
        self.out.append(
            PaymentEnd(
                self._claims,
                self._charged,
                self._paid,
                self._taken_off,
                complete,
                tuple(self._late),
                (*self.taken(), *late),
                position,
            )
        )

    # The payment.

    def _once(self, row: Row, position: int) -> None:
        name = row[0]
        slot = f"_{name.lower()}"
        if self._header_out or getattr(self, slot) is not _NOTHING:
            self.other(row, position)
            self.flaw(
                "repeated-header",
                f"The payment has more than one {name}; the first one counts.",
                row,
                position,
                blocks=name == "BPR",
            )
            return
        setattr(self, slot, [*row, *_NOTHING])
        if name == "BPR":
            self._header.position = position

    def _n1(self, row: Row, position: int) -> None:
        if self._header_out:
            self.other(row, position)
            return
        self._end_party()
        self._party = self._owner = _Part([*row, *_NOTHING], position)

    def _n3(self, row: Row, position: int) -> None:
        if self._party is None:
            self.other(row, position)
            return
        place = self._party.place
        lines = (*place.lines, *(text for text in row[1:3] if text))
        self._party.place = Place(lines[:4], place.city, place.state, place.zip)

    def _n4(self, row: Row, position: int) -> None:
        if self._party is None:
            self.other(row, position)
            return
        self._party.place = with_city(self._party.place, row)

    def _per(self, row: Row, _position: int) -> None:
        self._owner.contacts.append(read_contact(row))

    def _end_party(self) -> None:
        part, self._party = self._party, None
        self._owner = self._header
        if part is None:
            return
        self._made_parties.append(
            PaymentParty(
                part.row[1],
                part.row[2],
                part.row[3],
                part.row[4],
                part.place,
                tuple(part.references),
                tuple(part.contacts),
            )
        )
        self._header.others.extend(part.others)
        self._header.dates.extend(part.dates)

    def _put_header(self) -> None:
        """Put out the payment once its header is over."""
        if self._header_out:
            return
        self._end_party()
        self._header_out = True
        header, bpr, trn = self._header, self._bpr, self._trn
        if bpr is _NOTHING:
            self.flaw(
                "no-payment",
                "The payment's amount is missing (no BPR), so nothing of it can be posted.",
                position=header.position,
                blocks=True,
            )
        elif not bpr[2]:
            self.flaw(
                "amount-missing",
                "The payment's amount is missing (BPR02), so nothing of it can be posted.",
                bpr,
                header.position,
                element="02",
                blocks=True,
            )
        amount = self.amount(bpr, 2, header.position) or 0
        paid_on = day(bpr[16])
        if bpr[16] and paid_on is None:
            self.date(bpr, 16, "", header.position)
        roles: dict[str, PaymentParty] = {}
        for each in self._made_parties:
            roles.setdefault(each.role, each)
        produced = next((each.first for each in header.dates if each.qualifier == "405"), None)
        payer = roles.get("PR", PaymentParty("PR"))
        if header.contacts:
            payer = replace(payer, contacts=(*payer.contacts, *header.contacts))
        self.out.append(
            Payment(
                origin=self.origin,
                handling=bpr[1],
                amount_cents=amount,
                credit_or_debit=bpr[3],
                method=bpr[4],
                paid_on=paid_on,
                trace=trn[2].strip(),
                originator=trn[3].strip(),
                trace_supplement=trn[4],
                payer_bank=bpr[7],
                payer_account=bpr[9],
                payee_bank=bpr[13],
                payee_account=bpr[15],
                currency=self._cur[2].strip() or "USD",
                produced_on=produced,
                payer=payer,
                payee=roles.get("PE", PaymentParty("PE")),
                references=tuple(header.references),
                dates=tuple(header.dates),
                others=tuple(header.others),
                flaws=self.taken(),
                position=header.position,
            )
        )

    # Claims.

    def _lx(self, _row: Row, position: int) -> None:
        """Begin a group of claims: only a number, but it ends what was before."""
        self._end_claim(position)
        self._put_header()

    def _ts(self, row: Row, position: int) -> None:
        """Keep a provider's totals with the claim that follows."""
        self._end_claim(position)
        self._put_header()
        self._leading.append(self.segment(row, position))

    def _clp(self, row: Row, position: int) -> None:
        if self._claim is not None:
            self._end_claim(position)
        elif not self._header_out:
            self._put_header()
        if len(row) < 10:
            row = [*row, *_NOTHING]
        self.since = position
        self._claim = self._owner = _Part(row, position)
        if self._leading:
            self._claim.others, self._leading = self._leading, []

    def _end_claim(self, position: int) -> None:
        """Put out the open claim; ``position`` is the segment after it."""
        part = self._claim
        if part is None:
            return
        if self._line is not None:
            self._end_line()
        row, start = part.row, part.position
        number = row[1].strip()
        charge, paid = cents(row[3]), cents(row[4])
        patient = cents(row[5]) if row[5] else None
        if charge is None or paid is None or (row[5] and patient is None):
            self._missing(row, start, (3, "charge"), (4, "payment"))
            self.amount(row, 5, start, blocks=False)
        if not number:
            self.flaw("no-control-number", "A claim has no control number (CLP01).", row, start)
        flaws = self._flaws
        if flaws:
            found = tuple(replace(each, claim=number) for each in flaws)
            flaws.clear()
        else:
            found = ()
        self._claims += 1
        self._charged += charge or 0
        self._paid += paid or 0
        self.out.append(
            RemitClaim(
                number,
                row[2].strip(),
                charge or 0,
                paid or 0,
                patient,
                row[6],
                row[7].strip(),
                row[8],
                row[9],
                tuple(part.adjustments),
                tuple(part.lines),
                tuple(part.parties),
                tuple(part.references),
                tuple(part.dates),
                tuple(part.amounts),
                tuple(part.quantities),
                tuple(part.remarks),
                tuple(part.contacts),
                tuple(part.others),
                found,
                start,
                position - 1,
            )
        )
        self._claim = None
        self._owner = self._header

    def _nm1(self, row: Row, _position: int) -> None:
        # In a line as in a claim: a rendering provider of one line is still one of the claim.
        (self._claim or self._header).parties.append(read_party(row))

    def _mia(self, row: Row, position: int) -> None:
        self._owner.remarks += [code for code in (*row[5:6], *row[20:24]) if code]
        self.other(row, position)

    def _moa(self, row: Row, position: int) -> None:
        self._owner.remarks += [code for code in row[3:8] if code]
        self.other(row, position)

    # Lines, and what belongs to whatever is open.

    def _svc(self, row: Row, position: int) -> None:
        if self._claim is None:
            self.other(row, position)
            self.flaw(
                "line-without-claim",
                "A service line stands before any claim, so it belongs to none.",
                row,
                position,
                blocks=True,
            )
            return
        if self._line is not None:
            self._end_line()
        if len(row) < 8:
            row = [*row, *_NOTHING]
        self._line = self._owner = _Part(row, position)

    def _end_line(self) -> None:
        part = self._line
        assert part is not None
        assert self._claim is not None
        row = part.row
        qualifier, code, modifiers, description = procedure(row[1], self.marks.component)
        submitted: tuple[str, ...] = ()
        submitted_code = ""
        if row[6]:
            _, submitted_code, submitted, _ = procedure(row[6], self.marks.component)
        charge, paid = cents(row[2]), cents(row[3])
        if charge is None or paid is None:
            self._missing(row, part.position, (2, "charge"), (3, "payment"))
        self._claim.lines.append(
            ServiceLine(
                qualifier,
                code,
                modifiers,
                charge or 0,
                paid or 0,
                row[5],
                row[4],
                submitted_code,
                submitted,
                row[7],
                tuple(part.adjustments),
                tuple(part.dates),
                tuple(part.references),
                tuple(part.amounts),
                tuple(part.quantities),
                tuple(part.remarks),
                tuple(part.others),
                part.position,
                description,
            )
        )
        if part.contacts:
            self._claim.contacts += part.contacts
        self._line = None

    def _cas(self, row: Row, position: int) -> None:
        if self._owner is self._header or self._owner is self._party:
            self.other(row, position)
            self.flaw(
                "adjustment-without-claim",
                "An adjustment stands outside of any claim, so it belongs to none.",
                row,
                position,
                blocks=True,
            )
            return
        group = row[1] if len(row) > 1 else ""
        for number in range(2, len(row), 3):
            reason, text, quantity = (*row[number : number + 3], "", "")[:3]
            if not text and not reason:
                continue
            if len(group) + len(reason) + len(text) + len(quantity) <= _LONGEST:
                made = _adjustment(group, reason, text, quantity)
            else:
                made = None
            if made is None:
                self._missing(row, position, (number + 1, "adjustment"))
                made = Adjustment(group.strip(), reason.strip(), cents(text) or 0, quantity.strip())
            self._owner.adjustments.append(made)

    def _dtm(self, row: Row, position: int) -> None:
        if len(row) == 3 and len(row[1]) + len(row[2]) <= _LONGEST:
            made = _dated(row[1], row[2])
            if made.first is not None and made.last is not None:
                self._owner.dates.append(made)
                return
        number = 6 if at(row, 6) else 2
        self._owner.dates.append(self.date(row, number, at(row, 1), position))

    def _ref(self, row: Row, _position: int) -> None:
        self._owner.references.append(
            Reference(row[1], row[2]) if len(row) == 3 else read_reference(row)
        )

    def _amt(self, row: Row, position: int) -> None:
        value = cents(row[2]) if len(row) > 2 else None
        if value is None:
            # For information only: the claim's money does not hang on it.
            self.amount(row, 2, position, blocks=False)
            self.other(row, position)
        else:
            self._owner.amounts.append((row[1], value))

    def _qty(self, row: Row, _position: int) -> None:
        self._owner.quantities.append((at(row, 1), at(row, 2)))

    def _lq(self, row: Row, position: int) -> None:
        if at(row, 2):
            self._owner.remarks.append(row[2])
        if at(row, 1) != "HE":
            self.other(row, position)

    # Money that belongs to no claim.

    def _plb(self, row: Row, position: int) -> None:
        self._end_claim(position)
        self._put_header()
        self.since = position
        ends = day(at(row, 2))
        for number in range(3, len(row), 2):
            text = at(row, number + 1)
            if not row[number] and not text:
                continue
            value = self.amount(row, number + 1, position)
            if value is None:
                self._missing(row, position, (number + 1, "amount"))
            reason, _, reference = row[number].partition(self.marks.component)
            self._taken_off += value or 0
            self.out.append(
                ProviderAdjustment(
                    at(row, 1).strip(),
                    ends,
                    reason.strip(),
                    reference.strip(),
                    value or 0,
                    position,
                )
            )

    def _missing(self, row: Row, position: int, *wanted: tuple[int, str]) -> None:
        """Note each of the amounts in ``wanted`` that is missing or cannot be read."""
        for number, what in wanted:
            if at(row, number):
                self.amount(row, number, position)
                continue
            self.flaw(
                "amount-missing",
                f"{row[0]}{number:02d}, the {what}, is missing.",
                row,
                position,
                element=f"{number:02d}",
                blocks=True,
            )


@lru_cache(4096)
def _adjustment(group: str, reason: str, text: str, quantity: str) -> Adjustment | None:
    """Return one reason of a CAS; None when its amount cannot be read."""
    value = cents(text)
    if value is None:
        return None
    return Adjustment(group.strip(), reason.strip(), value, quantity.strip())


@lru_cache(4096)
def _dated(qualifier: str, text: str) -> Dated:
    first, last = span(text)
    return Dated(qualifier, first, last, text)
