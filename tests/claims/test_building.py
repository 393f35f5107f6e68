# SPDX-License-Identifier: MIT
"""What a claim is written from, and what keeps it back, in codes a script may rely on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import building, parties, states, submission
from mediyn_desktop.claims.facts import Facts, facts_of
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.practice.tables import ClientDiagnosis, Clinician, Coverage, SessionDiagnosis
from mediyn_desktop.store.uow import Store, UnitOfWork

CHILD = {
    "relationship_to_insured": "child",
    "insured_first_name": "Rosa",
    "insured_last_name": "Sample",
    "insured_dob": date(1965, 3, 2),
    "insured_sex": "F",
}


@pytest.fixture(autouse=True)
def without_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's checker is slow and has tests of its own; here only our facts count."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])


def facts(uow: UnitOfWork, coverage: dict[str, object] | None = None, **session: object) -> Facts:
    """The facts of one billed in-network session; change the rows, then build."""
    world.practice(uow)
    ana = world.client(uow, payment_type="in_network")
    world.coverage(uow, ana, **(coverage or {}))
    charge = bill_session(uow, world.session(uow, ana, **session))
    assert isinstance(charge, Charge)
    (claim,) = submission.make_claims(uow, [charge])
    return facts_of(uow, claim)


def fresh(uow: UnitOfWork, found: Facts) -> Facts:
    """The same claim's facts, gathered anew."""
    uow.session.flush()
    uow.session.expire_all()
    return facts_of(uow, found.claim)


def codes(uow: UnitOfWork, found: Facts) -> list[str]:
    return [problem.code for problem in building.problems_of(fresh(uow, found))]


def blank(room: str, column: str, value: object = "") -> Callable[[Facts], None]:
    return lambda found: setattr(getattr(found, room), column, value)


def rediagnose(*wanted: str) -> Callable[[Facts], None]:
    def change(found: Facts) -> None:
        found.session.diagnoses = [
            SessionDiagnosis(position=place, code=code) for place, code in enumerate(wanted, 1)
        ]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (rediagnose("F431"), "diagnosis-not-billable"),
        (rediagnose("Z999"), "diagnosis-not-billable"),
        (rediagnose("F411", "F431"), "diagnosis-not-billable"),
        (blank("coverage", "member_id"), "no-member-id"),
        (blank("payer", "payer_id"), "no-payer-id"),
        (blank("clinician", "npi"), "no-clinician-npi"),
        (blank("practice", "tax_id"), "no-tax-id"),
        (blank("practice", "address1"), "no-practice-address"),
        (blank("practice", "city"), "no-practice-address"),
        (blank("practice", "state"), "no-practice-address"),
        (blank("practice", "zip"), "no-practice-address"),
        (blank("client", "dob", None), "no-client-dob"),
        (blank("client", "address1"), "no-client-address"),
        (blank("client", "city"), "no-client-address"),
        (blank("client", "state"), "no-client-address"),
        (blank("client", "zip"), "no-client-address"),
    ],
)
def test_one_missing_thing_is_one_problem_with_its_code(
    store: Store, change: Callable[[Facts], None], code: str
) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        assert codes(uow, found) == []
        change(found)
        assert codes(uow, found) == [code]
        (problem,) = building.problems_of(fresh(uow, found))
        assert problem.message[0].isupper()
        assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (blank("coverage", "insured_first_name"), "no-insured-name"),
        (blank("coverage", "insured_last_name"), "no-insured-name"),
        (blank("coverage", "insured_dob", None), "no-insured-dob"),
        (blank("coverage", "insured_address1", "7 Elm Street"), "no-insured-address"),
    ],
)
def test_a_dependent_needs_the_insured_person(
    store: Store, change: Callable[[Facts], None], code: str
) -> None:
    with store.write("t") as uow:
        found = facts(uow, CHILD)
        assert codes(uow, found) == []
        change(found)
        assert codes(uow, found) == [code]


def test_an_organisation_needs_its_own_npi(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        found.practice.entity = "organization"
        assert codes(uow, found) == []
        found.practice.npi = ""
        assert codes(uow, found) == ["no-practice-npi"]


def test_everything_missing_is_said_at_once(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        for change in (
            rediagnose("F431"),
            blank("coverage", "member_id"),
            blank("clinician", "npi"),
            blank("client", "dob", None),
        ):
            change(found)
        assert set(codes(uow, found)) == {
            "diagnosis-not-billable",
            "no-member-id",
            "no-clinician-npi",
            "no-client-dob",
        }


def test_a_session_without_any_diagnosis_is_held_and_the_chart_mends_it(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        ana.diagnoses = []
        world.coverage(uow, ana)
        charge = bill_session(uow, world.session(uow, ana))
        assert isinstance(charge, Charge)
        (claim,) = submission.make_claims(uow, [charge])
        assert claim.state == states.ClaimState.BLOCKED
        assert [one.code for one in submission.problems(claim)] == ["no-diagnosis"]
        ana.diagnoses = [ClientDiagnosis(position=1, code="F330")]
        uow.session.flush()
        (again,) = submission.make_claims(uow, [charge])
        assert (again.id, again.state) == (claim.id, states.ClaimState.READY)
        assert submission.problems(again) == []
        assert building.build_claim(facts_of(uow, again)).diagnoses == ("F330",)


def test_a_later_change_of_the_chart_does_not_rewrite_a_billed_session(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        found.client.diagnoses[0].code = "F330"
        assert building.build_claim(fresh(uow, found)).diagnoses == ("F411",)


def test_what_was_chosen_for_the_session_wins(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        rediagnose("F330", "F411")(found)
        claim = building.build_claim(fresh(uow, found))
        assert claim.diagnoses == ("F330", "F411")
        assert claim.lines[0].pointers == (1, 2)


def test_the_client_is_the_subscriber_of_an_own_policy(store: Store) -> None:
    with store.write("t") as uow:
        claim = building.build_claim(facts(uow, {"group_number": "G1"}))
        assert claim.patient is None
        assert claim.subscriber.name == x12.Person(last="Sample c1", first="Ana")
        assert claim.subscriber.birth_date == date(1990, 5, 17)
        assert (claim.subscriber.group_number, claim.subscriber.responsibility) == ("G1", "P")


@pytest.mark.parametrize(
    ("relationship", "code"), [("spouse", "01"), ("child", "19"), ("other", "G8")]
)
def test_a_dependent_is_the_patient_of_the_insured(
    store: Store, relationship: str, code: str
) -> None:
    with store.write("t") as uow:
        found = facts(uow, {**CHILD, "relationship_to_insured": relationship})
        claim = building.build_claim(found)
        assert claim.subscriber.name == x12.Person(last="Sample", first="Rosa")
        assert claim.subscriber.birth_date == date(1965, 3, 2)
        assert claim.subscriber.address == claim.patient.address  # type: ignore[union-attr]
        assert claim.patient is not None
        assert claim.patient.name == x12.Person(last="Sample c1", first="Ana")
        assert claim.patient.relationship == code


def test_an_insured_person_elsewhere_keeps_the_own_address(store: Store) -> None:
    elsewhere = {
        "insured_address1": "7 Elm Street",
        "insured_city": "Buffalo",
        "insured_state": "NY",
        "insured_zip": "14201",
    }
    with store.write("t") as uow:
        claim = building.build_claim(facts(uow, {**CHILD, **elsewhere}))
        assert claim.subscriber.address == x12.Address("7 Elm Street", "Buffalo", "NY", "14201")


def test_who_bills_is_the_person_or_the_organisation(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        person = parties.billing_provider(found)
        assert person.name == x12.Person(last="Reyes", first="Dana")
        assert (person.npi, person.tax_id, person.tax_id_type) == (
            "1234567893",
            "123456789",
            "EIN",
        )
        assert building.build_claim(found).rendering is None
        found.practice.entity = "organization"
        found.practice.legal_name = "Quiet Room LLC"
        found.practice.npi = "1558598797"
        found.practice.tax_id_type = "SSN"
        group = parties.billing_provider(found)
        assert group.name == x12.Organization("Quiet Room LLC")
        assert (group.npi, group.tax_id_type) == ("1558598797", "SSN")
        rendering = building.build_claim(found).rendering
        assert rendering is not None
        assert (rendering.npi, rendering.name.last) == ("1234567893", "Reyes")


@pytest.mark.parametrize("practice_npi", ["1234567893", ""])
def test_an_associate_renders_and_the_owner_bills(store: Store, practice_npi: str) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        found.practice.npi = practice_npi
        associate = Clinician(ref="assoc", first_name="Ida", last_name="Berg", npi="1245319599")
        uow.session.add(associate)
        uow.session.flush()
        found.session.clinician_id = associate.id
        uow.session.flush()
        uow.session.expire_all()
        theirs = facts_of(uow, found.claim)
        assert parties.billing_provider(theirs).name == x12.Person(last="Reyes", first="Dana")
        assert parties.billing_provider(theirs).npi == "1234567893"
        rendering = building.build_claim(theirs).rendering
        assert rendering is not None
        assert (rendering.npi, rendering.name.last) == ("1245319599", "Berg")


def test_a_secondary_coverage_is_not_the_one_billed(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        uow.session.add(
            Coverage(client_id=found.client.id, rank=2, payer_id=found.payer.id, member_id="SECOND")
        )
        uow.session.flush()
        uow.session.expire_all()
        assert facts_of(uow, found.claim).coverage.member_id == "XYZ123456"


def test_an_add_on_is_a_second_line_and_the_total_is_their_sum(store: Store) -> None:
    with store.write("t") as uow:
        claim = building.build_claim(facts(uow, minutes=105, kind="crisis"))
        assert [(line.code, line.units, line.charge_cents) for line in claim.lines] == [
            ("90839", 1, 20000),
            ("90840", 2, 18000),
        ]
        assert claim.total_cents == 38000
        numbers = [line.control_number for line in claim.lines]
        assert numbers == [f"{claim.control_number}L1", f"{claim.control_number}L2"]


def test_checks_go_to_the_pay_to_address(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        assert parties.billing_provider(found).pay_to is None
        practice = found.practice
        practice.pay_to_address1, practice.pay_to_city = "PO Box 7", "Albany"
        assert codes(uow, found) == ["no-pay-to-address"]
        practice.pay_to_state, practice.pay_to_zip = "NY", "12201"
        assert codes(uow, found) == []
        assert parties.billing_provider(found).pay_to == x12.Address(
            "PO Box 7", "Albany", "NY", "12201"
        )


def test_the_office_is_named_when_it_is_not_the_practices_address(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        assert building.build_claim(found).facility is None
        practice = found.practice
        practice.facility_address1 = "1 Elm"
        assert codes(uow, found) == ["no-facility-address"]
        practice.facility_city, practice.facility_state = "Albany", "NY"
        practice.facility_zip = "122071234"
        found = fresh(uow, found)
        facility = building.build_claim(found).facility
        assert facility == x12.ServiceFacility(
            "Quiet Room Therapy", x12.Address("1 Elm", "Albany", "NY", "122071234")
        )


def test_a_video_session_has_no_office(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow, place="video_home")
        found.practice.facility_address1 = "1 Elm"
        assert building.build_claim(found).facility is None


def test_an_associate_names_the_supervisor(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        associate = Clinician(
            ref="assoc",
            first_name="Ida",
            last_name="Berg",
            npi="1245319599",
            supervisor_ref="me",
        )
        uow.session.add(associate)
        uow.session.flush()
        found.session.clinician_id = associate.id
        claim = building.build_claim(fresh(uow, found))
        assert claim.supervising == x12.Clinician(
            x12.Person(last="Reyes", first="Dana"), "1234567893"
        )
        associate.supervisor_ref = "nobody"
        assert codes(uow, found) == ["no-supervisor"]


def test_a_payer_may_always_want_the_rendering_provider(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        assert building.build_claim(found).rendering is None
        found.payer.always_rendering = True
        rendering = building.build_claim(found).rendering
        assert rendering is not None
        assert rendering.npi == "1234567893"


def test_a_referral_is_named(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow, {"referring_last_name": "Singh", "referring_npi": "1679576722"})
        assert building.build_claim(found).referring == x12.Clinician(
            x12.Person(last="Singh"), "1679576722"
        )


def test_a_second_insurance_in_force_is_named_and_one_that_ended_is_not(store: Store) -> None:
    with store.write("t") as uow:
        found = facts(uow)
        other = Coverage(
            client_id=found.client.id, rank=2, payer_id=found.payer.id, member_id="SECOND"
        )
        uow.session.add(other)
        uow.session.flush()
        (named,) = building.build_claim(fresh(uow, found)).others
        assert (named.member_id, named.responsibility, named.paid_cents) == ("SECOND", "S", None)
        other.effective_to = date(2026, 1, 1)
        assert building.build_claim(fresh(uow, found)).others == ()
