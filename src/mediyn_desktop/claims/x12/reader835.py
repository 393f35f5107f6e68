# SPDX-License-Identifier: MIT
"""Reads an 835 (guide 005010X221A1) into the values of ``model835``, one claim at a time.

A segment belongs to the claim or party that began last; one that has no field there is kept with it
as it was sent. What stands behind the last claim is kept with the payment's end.
"""

from __future__ import annotations

from dataclasses import replace

from mediyn_desktop.claims.x12.claim835 import ENDS, ClaimReader
from mediyn_desktop.claims.x12.inbound import NO_PLACE, Contact, Dated, Place, Reference
from mediyn_desktop.claims.x12.model835 import (
    Payment,
    PaymentEnd,
    PaymentParty,
    ProviderAdjustment,
    RemitClaim,
)
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import (
    Opening,
    Row,
    SetReader,
    at,
    missing_flaw,
    read_contact,
    read_reference,
    with_city,
)
from mediyn_desktop.claims.x12.values import day

# Twice what a claim of 999 lines can need.
MOST_CLAIM_SEGMENTS = 20_000
_NOTHING: Row = [""] * 18


class _Part:
    """What is gathered for the header, or for a party in it, while its segments pass."""

    def __init__(self, row: Row, position: int) -> None:
        self.row = row
        self.position = position
        self.contacts: list[Contact] = []
        self.dates: list[Dated] = []
        self.others: list[Segment] = []
        self.place: Place = NO_PLACE
        self.references: list[Reference] = []


class Reader835(SetReader):
    """One 835: puts out its Payment, its RemitClaims, its ProviderAdjustments, its PaymentEnd."""

    def __init__(self, place: Opening) -> None:
        super().__init__(place)
        self._header = self._owner = _Part(_NOTHING, self.position)
        self._party: _Part | None = None
        self._parties: list[PaymentParty] = []
        self._header_out = False
        self._heads: dict[str, Row] = {}
        self._leading: list[Segment] = []
        self._late: list[Segment] = []
        self._claim: list[str] = []
        # The next payment of a file is much like this one.
        self._claims_reader = place.memory.setdefault(self.marks, ClaimReader(self.marks))
        self._claims = self._charged = self._paid = self._taken_off = 0
        self.resumes = {"PLB": self._plb}
        self.handlers = {
            "BPR": self._once,
            "TRN": self._once,
            "CUR": self._once,
            "N1": self._n1,
            "N3": self._n3,
            "N4": self._n4,
            "PER": self._per,
            "DTM": self._dtm,
            "REF": self._ref,
            "LX": self._lx,
            "TS2": self._ts,
            "TS3": self._ts,
            "SVC": self._stray,
            "CAS": self._stray,
            "PLB": self._plb,
        }

    def other(self, row: Row, position: int) -> None:
        kept = self._late if self._header_out else self._owner.others
        kept.append(self.segment(row, position))

    def finish(self, position: int, *, complete: bool) -> None:
        late = self.taken()
        self._end_claim()
        self._put_header()
        self.out.append(
            PaymentEnd(
                self._claims,
                self._charged,
                self._paid,
                self._taken_off,
                complete,
                (*self._leading, *self._late),
                (*late, *self.taken()),
                position,
            )
        )

    # The payment.

    def _once(self, row: Row, position: int) -> None:
        name = row[0]
        if self._header_out or name in self._heads:
            self.other(row, position)
            self.flaw(
                "repeated-header",
                f"The payment has more than one {name}; the first one counts.",
                row,
                position,
                blocks=name == "BPR",
            )
            return
        self._heads[name] = [*row, *_NOTHING]
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

    def _per(self, row: Row, position: int) -> None:
        if self._header_out:
            self.other(row, position)
            return
        self._owner.contacts.append(read_contact(row))

    def _end_party(self) -> None:
        part, self._party = self._party, None
        self._owner = self._header
        if part is None:
            return
        self._parties.append(
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
        header = self._header
        bpr, trn, currency = (self._heads.get(name, _NOTHING) for name in ("BPR", "TRN", "CUR"))
        if not bpr[2]:
            self.flaw(
                "no-payment",
                "The amount of the payment is missing (BPR02), so nothing of it can be posted.",
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
        for each in self._parties:
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
                currency=currency[2].strip() or "USD",
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

    def take(self, texts: list[str], index: int, position: int) -> int:
        if self._claim:
            # The claim began in an earlier piece of the file.
            waiting = len(self._claim)
            texts = self._claim + texts[index:]
            behind = self._take(texts, 0, position + index - waiting)
            return index + behind - waiting
        return self._take(texts, index, position)

    def _take(self, texts: list[str], index: int, position: int) -> int:
        begins = f"CLP{self.marks.element}"
        read = self._claims_reader.read
        open_from = self._last_open_claim(texts, begins)
        while index < len(texts):
            if not texts[index].startswith(begins):
                after = super().take(texts[index : index + 1], 0, position + index)
                if not after:
                    break
                index += 1
                continue
            if not self._header_out:
                self._put_header()
            self.since = position + index
            if index == open_from:
                if len(texts) - index < MOST_CLAIM_SEGMENTS:
                    self._claim = texts[index:]  # Its end may come with the next piece.
                    return len(texts)
                self.too_long(position + len(texts))
            claim, index = read(texts, index, position)
            self._put_claim(claim)
        self._claim = []
        return index

    def _last_open_claim(self, texts: list[str], begins: str) -> int:
        """Return where a claim begins whose end is not in ``texts``; -1 when all are whole."""
        element = self.marks.element
        for index in range(len(texts) - 1, -1, -1):
            text = texts[index]
            if text.startswith(begins):
                return index
            if text.partition(element)[0] in ENDS:
                break
        return -1

    def _put_claim(self, claim: RemitClaim) -> None:
        if self._leading or self._flaws:
            noted = (replace(each, claim=claim.control_number) for each in self.taken())
            claim = replace(
                claim, others=(*self._leading, *claim.others), flaws=(*claim.flaws, *noted)
            )
            self._leading = []
        self._claims += 1
        self._charged += claim.charge_cents
        self._paid += claim.paid_cents
        self.out.append(claim)

    def _end_claim(self) -> None:
        """Put out the claim whose end never came."""
        if self._claim:
            claim, _ = self._claims_reader.read(self._claim, 0, self.since)
            self._claim = []
            self._put_claim(claim)

    def _lx(self, _row: Row, _position: int) -> None:
        """Begin a group of claims: only a number, but the header is over."""
        self._put_header()

    def _ts(self, row: Row, position: int) -> None:
        """Keep a provider's totals with the claim that follows."""
        self._put_header()
        self._leading.append(self.segment(row, position))

    def _stray(self, row: Row, position: int) -> None:
        self.other(row, position)
        self.flaw(
            "money-without-claim",
            f"A segment with money ({row[0]}) stands before any claim, so it belongs to none.",
            row,
            position,
            blocks=True,
        )

    def _dtm(self, row: Row, position: int) -> None:
        if self._header_out:
            self.other(row, position)
            return
        number = 6 if at(row, 6) else 2
        self._owner.dates.append(self.date(row, number, at(row, 1), position))

    def _ref(self, row: Row, position: int) -> None:
        if self._header_out:
            self.other(row, position)
            return
        self._owner.references.append(read_reference(row))

    # Money that belongs to no claim.

    def _plb(self, row: Row, position: int) -> None:
        self._put_header()
        self.since = position
        ends = day(at(row, 2))
        for number in range(3, len(row), 2):
            text = at(row, number + 1)
            if not row[number] and not text:
                continue
            value = self.amount(row, number + 1, position)
            if not text:
                self._flaws.append(missing_flaw(row, number + 1, position, "amount", ""))
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
