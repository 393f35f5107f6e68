# SPDX-License-Identifier: MIT
"""A year of a practice that bills insurers: every answer a clearinghouse has, worked by policy.

Claims go out in the evening by a folder; what the pretend clearinghouse answers comes back days and
weeks later, some of it twice, some of it cut off first. At the end nobody owes anything that is not
on the worklist, and the bank holds what the remittances say, counted apart from the program.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import world
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.claims import answers, connection, inbox, working
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask, RemittancePayment
from mediyn_desktop.claims.following import claim_by_number, correct_claim
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.silence import Awaited, send_lost_again, watch_for_silence
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import queue_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.unposting import CannotUnpost, undo_payment
from mediyn_desktop.claims.worklist import WorkItem, worklist
from mediyn_desktop.core.clock import FixedClock, local_date
from mediyn_desktop.core.money import parse_cents
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.ledger import bank, items, queries
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.tables import Client, Coverage, Payer, Session
from mediyn_desktop.sandbox.clearinghouse import answer_folder
from mediyn_desktop.sandbox.clearinghouse.memory import load
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.store.verify import verify
from mediyn_desktop.undo import doing

PAYERS = (("blue", "Blue Plan", "12345"), ("green", "Green Plan", "54321"))
NEXT = ("next", "Sandbox Secondary", "99998")  # to whom the clearinghouse passes claims on
CLIENTS = 12
# Those that spoil the whole file they are in are rare, the plain payment is the usual.
WEIGHTS = {
    Outcome.PAID: 12,
    Outcome.TA1: 0.4,
    Outcome.SET_REFUSED: 0.5,
    Outcome.MUTE: 0.4,
    Outcome.OFF_BALANCE: 0.5,
}
POST_DAYS = (3, 6)  # when the mailbox is looked into, besides the evenings
# Days until an answer of each kind arrives: from, to.
TAKES = {
    "ta1": (0, 1), "999": (0, 1), "277ca": (1, 3), "later.277ca": (4, 9),
    "835": (5, 20), "later.835": (25, 45), "271": (0, 0),
}  # fmt: skip


@dataclass
class Post:
    """What is on its way from the clearinghouse, and what of it arrived."""

    box: Path
    under_way: list[tuple[date, Path]] = field(default_factory=list)
    arrived: dict[str, bytes] = field(default_factory=dict)
    twice: int = 0
    cut: int = 0

    def take(self, files: list[Path], today: date, chance: random.Random) -> None:
        """Send ``files`` off, each to arrive on a day of its own."""
        for path in files:
            kind = path.name.partition(".")[2]
            self.under_way.append((today + timedelta(days=chance.randint(*TAKES[kind])), path))

    def bring(self, today: date, chance: random.Random) -> None:
        """Put what is due into the mailbox; some of it again later, some of it cut off first."""
        due = [each for each in self.under_way if each[0] <= today]
        self.under_way = [each for each in self.under_way if each[0] > today]
        for _, path in due:
            content = path.read_bytes()
            fate = chance.random()
            if path.name in self.arrived:
                (self.box / f"again-{self.twice}-{path.name}").write_bytes(content)
                self.twice += 1
                continue
            if fate < 0.1 and not path.with_suffix(".cut").exists():
                path.with_suffix(".cut").touch()
                (self.box / f"cut-{path.name}").write_bytes(content[: len(content) * 2 // 3])
                self.cut += 1
                self.under_way.append((today + timedelta(days=1), path))
                continue
            (self.box / path.name).write_bytes(content)
            self.arrived[path.name] = content
            if fate > 0.85:
                self.under_way.append((today + timedelta(days=chance.randint(0, 30)), path))


class InsuredYear:
    """The practice, its clearinghouse, and a therapist who works the list once a week by policy."""

    def __init__(
        self, store: Store, clock: FixedClock, api: StripeApi, folder: Path, seed: int,
        *, evenings: tuple[int, ...], a_day: int,
    ) -> None:  # fmt: skip
        self.store, self.clock, self.api = store, clock, api
        self.evenings, self.a_day = evenings, a_day
        self.chance = random.Random(seed)
        self.out, self.made, box = folder / "out", folder / "made", folder / "in"
        for each in (self.out, self.made, box):
            each.mkdir(parents=True)
        self.post = Post(box)
        self.drawn: Counter[Outcome] = Counter()
        self.done: Counter[str] = Counter()
        self.number = 0
        self.checks = 0  # cents of the clients' checks, all taken to the bank
        with store.write("An insured practice") as uow:
            self._practice(uow, box)

    def _practice(self, uow: UnitOfWork, box: Path) -> None:
        world.practice(uow)
        for setting, value in (
            (settings.CLEARINGHOUSE_USAGE, "T"),
            (settings.CLEARINGHOUSE_KIND, "folder"),
            (settings.CLEARINGHOUSE_OUT, str(self.out)),
            (settings.CLEARINGHOUSE_IN, str(box)),
        ):
            settings.set_value(uow, setting.key, value)
        payers = [Payer(ref=ref, name=name, payer_id=number) for ref, name, number in PAYERS]
        last = Payer(ref=NEXT[0], name=NEXT[1], payer_id=NEXT[2])
        uow.session.add_all([*payers, last])
        uow.session.flush()
        for index in range(CLIENTS):
            owner = world.client(uow, f"c{index:02}", payment_type="in_network")
            if index % 2:
                world.card(uow, owner, f"pm_good_{owner.ref}")
            row = {"client_id": owner.id, "copay_cents": 2500 if index % 3 else None}
            uow.session.add(
                Coverage(**row, rank=1, payer_id=payers[index % 2].id, member_id=f"W{index:06}")
            )
            if index % 4 == 0:
                uow.session.add(
                    Coverage(client_id=owner.id, rank=2, payer_id=last.id, member_id=f"S{index:06}")
                )
        uow.session.flush()

    @property
    def today(self) -> date:
        return local_date(self.clock.now(), world.ZONE)

    def run(self, weeks: int) -> None:
        """Hold sessions for ``weeks``, then wait until every answer came or is missed."""
        for week in range(weeks + 16):
            for day in range(7):
                self.clock.advance(timedelta(days=1))
                if day in self.evenings:
                    self._evening(held=self.a_day if week < weeks else 0)
                elif day in POST_DAYS:
                    self._fetch()
            self._paperwork()
        assert self.post.under_way == []

    def _evening(self, held: int) -> None:
        if held:
            self._sessions(held)
        close_day(self.store, self.today, api=self.api)
        answered = answer_folder(self.out, self.made, self.clock)
        assert [one.problem for one in answered if one.problem] == []
        for one in answered:
            self.post.take(list(one.written), self.today, self.chance)
        self._fetch()

    def _fetch(self) -> None:
        self.post.bring(self.today, self.chance)
        with self.store.read() as read:
            way = connection.answers_transport(read)
        assert way is not None
        with way:
            inbox.collect(self.store, way)
        for report in answers.act_on_unread(self.store):
            self.done[report.status] += 1
            for payment in report.payments:
                if payment.status in ("posted", "partly_posted") and self.chance.random() < 0.2:
                    self._change_of_mind(payment.payment)

    def _change_of_mind(self, payment: int | None) -> None:
        assert payment is not None
        try:
            with self.store.write("Take a posting back") as uow:
                undo_payment(uow, payment)
        except CannotUnpost:
            return
        with self.store.write("Post it again") as uow:
            again = answers.post_once_more(uow, payment)
        assert again.status in ("posted", "partly_posted")
        self.done["posted again"] += 1

    def _sessions(self, held: int) -> None:
        outcomes = list(Outcome)
        weights = [WEIGHTS.get(one, 2) for one in outcomes]
        with self.store.write("An evening of sessions") as uow:
            clients = uow.session.scalars(select(Client).order_by(Client.ref)).all()
            for hour, owner in enumerate(self.chance.sample(clients, held), start=9):
                self.number += 1
                ref = f"s{self.number:04}"
                outcome = self.chance.choices(outcomes, weights)[0]
                if self.number <= len(outcomes):
                    outcome = outcomes[self.number - 1]  # each at least once
                self.drawn[outcome] += 1
                self._member(uow, owner.id, outcome.value)
                crisis = outcome is Outcome.SOME_LINES  # two lines, of which one is paid
                world.session(
                    uow, owner, ref, day=self.today, hour=hour, signed=False,
                    kind="crisis" if crisis else "individual", minutes=85 if crisis else 55,
                )  # fmt: skip
                doing.sign_note(uow, ref)

    def _member(self, uow: UnitOfWork, client: int, prefix: str) -> None:
        """Give the client another member id: by its beginning the clearinghouse decides."""
        row = uow.session.scalars(
            select(Coverage).where(Coverage.client_id == client, Coverage.rank == 1)
        ).one()
        row.member_id = f"{prefix or 'W'}{client:06}"
        uow.session.flush()

    # -- once a week

    def _paperwork(self) -> None:
        with self.store.write("Look for silence") as uow:
            watch_for_silence(uow)
        with self.store.read() as read:
            waiting = worklist(read)
        for one in waiting:
            if self._is_left_alone(one):
                continue
            with self.store.write("Work the list") as uow:
                task = uow.session.get_one(ClaimTask, one.task)
                if task.closed_at is None:  # not ended together with another of its claim
                    self._work(uow, one)
        with self.store.write("Money of the week") as uow:
            for ref, owes in queries.client_balances(uow).items():
                if owes.patient_cents:
                    doing.take_payment(uow, ref, owes.patient_cents, "check")
                    self.checks += owes.patient_cents
            waiting_checks = [one.ref for one in bank.in_hand(uow)]
            if waiting_checks:
                doing.deposit(uow, ref=f"dep-{self.today}", payments=waiting_checks, on=self.today)

    def _is_left_alone(self, one: WorkItem) -> bool:
        """What stays on the list: the insurer was asked, and nothing more can be done yet."""
        waited = (self.today - one.since).days
        match Task(one.kind):
            case Task.PAYMENT_HELD:
                return True
            case Task.HELD | Task.ADJUSTMENT:
                return waited <= 30
            case Task.TAKEN_BACK:
                return waited < 60 or one.claim is None
            case _:
                return False

    def _work(self, uow: UnitOfWork, one: WorkItem) -> None:
        claim = claim_by_number(uow, one.claim) if one.claim else None
        match Task(one.kind):
            case Task.DENIED:
                assert claim is not None
                self._denied(uow, claim)
            case Task.PART:
                assert claim is not None
                working.give_up(uow, claim.control_number, kind=WriteOff.DENIED, reason="Bundled")
                self.done["given up"] += 1
            case Task.REJECTED:
                assert claim is not None
                self._member(uow, claim.client_id, "")
                working.resend(uow, claim.control_number)
                self.done["sent again"] += 1
            case Task.COVERAGE:
                assert claim is not None
                working.bill_client(uow, claim.control_number, reason="No other insurance")
                self.done["client billed"] += 1
            case Task.SILENT:
                assert claim is not None
                self._silent(uow, claim, one)
            case Task.HELD | Task.ADJUSTMENT:
                working.dismiss(uow, one.task, note="The insurer looks into it")
                self.done["dismissed"] += 1
            case Task.TAKEN_BACK if int(claim.control_number[-1], 36) % 2:
                working.give_up(
                    uow, claim.control_number, kind=WriteOff.DENIED, reason="Not paid after all"
                )
                self.done["given up"] += 1

    def _denied(self, uow: UnitOfWork, claim: Claim) -> None:
        match self.chance.choices(("correct", "appeal", "give up"), (6, 2, 2))[0]:
            case "correct" if claim.payer_number:
                made = correct_claim(uow, claim, reason="The authorization was added")
                queue_claims(uow, [made])
            case "appeal":
                working.appeal(uow, claim.control_number, note="By letter")
            case _:
                working.give_up(
                    uow, claim.control_number, kind=WriteOff.DENIED, reason="Not authorized"
                )
                self.done["given up"] += 1
                return
        self.done["answered back"] += 1

    def _silent(self, uow: UnitOfWork, claim: Claim, one: WorkItem) -> None:
        task = uow.session.get_one(ClaimTask, one.task)
        if claim.state in (ClaimState.SENT, ClaimState.RECEIVED) and task.reason_code in (
            Awaited.FILE,
            Awaited.CLAIM,
        ):
            self._member(uow, claim.client_id, "")
            send_lost_again(
                uow, claim.control_number, note="Told by telephone that it is not there"
            )
            self.done["lost, sent again"] += 1


@pytest.fixture
def processor(clock: FixedClock) -> Iterator[CardProcessor]:
    with CardProcessor(clock=clock, auto_seed=True) as server:
        yield server


@pytest.fixture
def api(processor: CardProcessor) -> Iterator[StripeApi]:
    client = StripeApi("sk_test_suite", processor.base_url)
    yield client
    client.close()


def a_year(
    store: Store, clock: FixedClock, api: StripeApi, folder: Path, seed: int, *,
    evenings: tuple[int, ...] = (1,), a_day: int = 2,
) -> InsuredYear:  # fmt: skip
    """Live a year and hold everything against it that has to be true at its end."""
    year = InsuredYear(store, clock, api, folder, seed, evenings=evenings, a_day=a_day)
    try:
        year.run(weeks=52)
        _nothing_is_left_over(year)
        _the_bank_ties(year)
        _no_answer_counts_twice(year)
    except BaseException as error:
        error.add_note(f"seed {seed}, {year.number} sessions, {year.today}")
        raise
    assert [check for check in verify(store) if not check.ok] == []
    return year


def _nothing_is_left_over(year: InsuredYear) -> None:
    """Every receivable is zero, or its claim is on the worklist."""
    with year.store.read() as read:
        assert queries.trial_balance(read) == 0
        assert queries.disagreements(read) == []
        balances = queries.client_balances(read).values()
        assert [one for one in balances if one.patient_cents] == []
        listed = set(
            read.session.scalars(
                select(Session.ref)
                .join(Charge, Charge.session_id == Session.id)
                .join(Claim, Claim.charge_id == Charge.id)
                .join(ClaimTask, ClaimTask.claim_id == Claim.id)
                .where(ClaimTask.closed_at.is_(None))
            )
        )
        rows = read.session.scalars(select(OpenItemRow).where(OpenItemRow.debtor.is_not(None)))
        owed = [(row.session, items.open_cents(read, row.id)) for row in rows]
        left = {session for session, cents in owed if cents}
        assert left - listed == set()
        assert len(left) < year.number // 4  # the policy did work the list
        insured = sum(cents for _, cents in owed)
        assert insured == sum(one.insurer_cents for one in balances)
        states = Counter(read.session.scalars(select(Claim.state)))
        assert states[ClaimState.BLOCKED] == states[ClaimState.QUEUED] == 0


def _the_bank_ties(year: InsuredYear) -> None:
    """The bank holds what the remittances that arrived paid, and the clients' checks."""
    files = [content for name, content in year.post.arrived.items() if name.endswith("835")]
    announced = [_announced(content.decode("ascii")) for content in files]
    paid = sum(one for one, _ in announced)
    withheld = sum(other for _, other in announced)
    with year.store.read() as read:
        books = queries.account_balances(read)
        posted = select(RemittancePayment).where(RemittancePayment.state == "posted")
        payments = read.session.scalars(posted).all()
        held = read.session.scalar(
            select(func.sum(ClaimDecision.paid_cents))
            .where(ClaimDecision.state == "held")
            .where(ClaimDecision.payment_id.in_([one.id for one in payments]))
        )
        assert books["Assets:Bank"] == paid + year.checks
        assert sum(one.amount_cents for one in payments) == paid
        due = -sum(
            cents for name, cents in books.items() if name.startswith("Liabilities:PayerDue")
        )
        owed_back = sum(one.cents for one in load(year.out / ".sandbox-answered").owed.values())
        assert due == (held or 0) + owed_back + withheld
        assert due
        assert year.checks
        assert books["Income:Interest"] < 0


def _announced(text: str) -> tuple[int, int]:
    """What the payments of a file come to, read without the program's own reader.

    Returns the cents of those that add up; and of the others, which are held whole, the cents taken
    from or added to them besides the claims and their interest, which is nobody's debt.
    """
    paid = withheld = 0
    for part in text.replace("\n", "").split("~ST*")[1:]:
        rows = [row.split("*") for row in part.split("~")]
        amount = next(parse_cents(row[2]) for row in rows if row[0] == "BPR")
        claims = sum(parse_cents(row[4]) for row in rows if row[0] == "CLP")
        beside = sum(parse_cents(row[4]) for row in rows if row[0] == "PLB")
        if amount == claims - beside:
            paid += amount
        else:
            withheld += sum(
                parse_cents(row[4]) for row in rows if row[0] == "PLB" and row[3][:2] != "L6"
            )
    return paid, withheld


def _no_answer_counts_twice(year: InsuredYear) -> None:
    with year.store.read() as read:
        twice = read.session.execute(
            select(RemittancePayment.identity)
            .where(RemittancePayment.state == "posted")
            .group_by(RemittancePayment.identity)
            .having(func.count() > 1)
        ).all()
        assert twice == []
        standing = Counter(
            read.session.scalars(
                select(ClaimDecision.claim_id).where(
                    ClaimDecision.state == "posted", ClaimDecision.entry_id.is_not(None),
                    ClaimDecision.reverses_id.is_(None), ClaimDecision.payment_id.is_not(None),
                )
            )
        )  # fmt: skip
        assert standing
        assert max(standing.values()) == 1
        stored = read.session.scalar(select(func.count()).select_from(InboundFile))
        assert stored == len(year.post.arrived) + year.post.cut


@pytest.mark.timeout(900)
@pytest.mark.long
def test_a_year_of_claims_ends_in_money_or_on_the_worklist(
    store: Store, clock: FixedClock, api: StripeApi, tmp_path: Path
) -> None:
    year = a_year(store, clock, api, tmp_path / "mail", seed=1)
    assert set(year.drawn) == set(Outcome)
    assert year.post.twice > 10
    assert year.post.cut > 5
    expected = {"posted again", "given up", "sent again", "client billed", "answered back"}
    assert expected | {"lost, sent again", "dismissed"} <= set(year.done)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(2, 6))
def test_fuller_years_do_too(
    store: Store, clock: FixedClock, api: StripeApi, tmp_path: Path, seed: int
) -> None:
    a_year(store, clock, api, tmp_path / "mail", seed, evenings=(0, 2, 3), a_day=8)
