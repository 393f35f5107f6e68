# SPDX-License-Identifier: MIT
"""What a superbill lists and says: rendered, private, paid, to the cent."""

from __future__ import annotations

from datetime import date

import pytest
from papers import Papers

import world
from mediyn_desktop.delivery.superbills import NothingToList
from mediyn_desktop.documents.superbill_data import Insurance, SuperbillData
from mediyn_desktop.practice.tables import (
    Client,
    ClientDiagnosis,
    Clinician,
    Coverage,
    Payer,
    Practice,
    Session,
    SessionDiagnosis,
)
from mediyn_desktop.store.uow import Store


def listed(data: SuperbillData) -> list[tuple[str, int, int]]:
    return [(line.code, line.charged_cents, line.paid_cents) for line in data.lines]


def test_only_what_was_paid_is_listed_unless_all_is_asked_for(papers: Papers) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2))
    papers.session("s2", day=date(2026, 11, 9), paid=0)
    papers.session("s3", day=date(2026, 11, 16), paid=4000, minutes=55)
    assert listed(papers.one()) == [("90834", 15000, 15000), ("90837", 18000, 4000)]
    everything = papers.one(all_lines=True)
    assert listed(everything) == [
        ("90834", 15000, 15000),
        ("90834", 15000, 0),
        ("90837", 18000, 4000),
    ]
    assert [line.date_of_service for line in everything.lines] == [
        date(2026, 11, 2),
        date(2026, 11, 9),
        date(2026, 11, 16),
    ]
    assert (everything.charged_cents, everything.paid_cents, everything.balance_cents) == (
        48000,
        19000,
        29000,
    )


def test_nothing_paid_means_nothing_to_list(papers: Papers) -> None:
    papers.client()
    papers.session(paid=0)
    with pytest.raises(NothingToList) as refused:
        papers.issue()
    assert refused.value.code == "superbill-empty"
    assert "Nothing was issued" in refused.value.message
    assert papers.prospect().sessions == 0
    assert papers.prospect(all_lines=True).sessions == 1


@pytest.mark.parametrize("status", ["late_cancel", "no_show"])
def test_a_missed_session_is_never_listed(papers: Papers, status: str) -> None:
    papers.client()
    papers.session(status=status)
    with pytest.raises(NothingToList):
        papers.issue(all_lines=True)


@pytest.mark.parametrize(
    "client", [{"payment_type": "pro_bono"}, {"payment_type": "in_network"}]
)  # fmt: skip
def test_neither_a_claim_nor_a_waived_session_is_listed(
    papers: Papers, store: Store, client: dict[str, str]
) -> None:
    papers.client(**client)
    with store.write("t") as uow:
        world.coverage(uow, uow.session.query(Client).one())
    papers.session()
    with pytest.raises(NothingToList):
        papers.issue(all_lines=True)


@pytest.mark.parametrize("payment_type", ["in_network", "out_of_network", "self_pay"])
def test_what_the_insurer_must_not_hear_of_is_never_listed(
    papers: Papers, store: Store, payment_type: str
) -> None:
    papers.client(payment_type=payment_type)
    with store.write("t") as uow:
        world.coverage(uow, uow.session.query(Client).one())
    papers.session(do_not_bill_insurer=True)
    with pytest.raises(NothingToList):
        papers.issue(all_lines=True)


def test_a_self_pay_client_may_have_one(papers: Papers) -> None:
    papers.client(payment_type="self_pay")
    papers.session()
    assert listed(papers.one()) == [("90834", 15000, 15000)]


def test_a_package_session_is_listed_as_paid_by_the_package(papers: Papers, store: Store) -> None:
    papers.client(payment_type="self_pay")
    with store.write("t") as uow:
        world.package(uow, uow.session.query(Client).one(), 3, 40000)
    papers.session(paid=0)
    data = papers.one()
    assert listed(data) == [("90834", 13334, 13334)]
    assert [(one.date, one.method, one.amount_cents) for one in data.payments] == [
        (date(2026, 11, 1), "Prepaid package", 13334)
    ]


def test_the_fee_is_what_was_really_charged(papers: Papers) -> None:
    papers.client()
    papers.session(off=6000)
    data = papers.one()
    assert listed(data) == [("90834", 9000, 9000)]
    assert data.balance_cents == 0
    assert data.received_cents == 9000


def test_what_was_taken_off_whole_is_no_payment(papers: Papers) -> None:
    papers.client()
    papers.session(off=15000)
    with pytest.raises(NothingToList):
        papers.issue()


def test_payment_fills_the_lines_of_a_crisis_from_the_first(papers: Papers) -> None:
    papers.client()
    papers.session(kind="crisis", minutes=105, paid=25000)
    data = papers.one()
    assert listed(data) == [("90839", 20000, 20000), ("90840", 18000, 5000)]
    assert [line.units for line in data.lines] == [1, 2]
    assert data.received_cents == data.paid_cents == 25000


def test_every_payment_is_named_with_its_date_and_way(papers: Papers) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2), paid=5000)
    papers.session("s2", day=date(2026, 11, 9), method="cash")
    papers.pay("p1", 10000, on=date(2026, 11, 20))
    assert [(one.date, one.method, one.amount_cents) for one in papers.one().payments] == [
        (date(2026, 11, 2), "Card", 5000),
        (date(2026, 11, 9), "Cash", 15000),
        (date(2026, 11, 20), "Check", 10000),
    ]


def test_a_payment_for_two_months_is_shown_with_this_months_share(papers: Papers) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 10, 26), paid=0)
    papers.session("s2", day=date(2026, 11, 2), paid=0)
    papers.pay("p1", 30000)
    data = papers.one()
    assert [one.amount_cents for one in data.payments] == [15000]
    assert data.received_cents == data.paid_cents == 15000


def test_place_modifier_and_label_are_those_of_the_session(papers: Papers) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2), place="video_home")
    papers.session("s2", day=date(2026, 11, 9), place="audio_home", minutes=30)
    papers.session("s3", day=date(2026, 11, 16), place="home_visit")
    lines = papers.one().lines
    assert [(line.place_of_service, line.modifiers, line.code) for line in lines] == [
        ("10", ("95",), "90834"),
        ("10", ("93",), "90832"),
        ("12", (), "90834"),
    ]
    assert all(line.label for line in lines)


def test_diagnoses_are_dotted_lettered_and_pointed_to_per_line(
    papers: Papers, store: Store
) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2))
    papers.session("s2", day=date(2026, 11, 9))
    with store.write("t") as uow:
        second = uow.session.query(Session).filter_by(ref="s2").one()
        second.diagnoses = [
            SessionDiagnosis(position=1, code="F331"),
            SessionDiagnosis(position=2, code="F411"),
        ]
    data = papers.one()
    assert [one.code for one in data.diagnoses] == ["F41.1", "F33.1"]
    assert all(one.title for one in data.diagnoses)
    assert [line.pointers for line in data.lines] == [("A",), ("B", "A")]


def test_at_most_four_diagnoses_are_pointed_to(papers: Papers, store: Store) -> None:
    papers.client()
    with store.write("t") as uow:
        uow.session.query(Client).one().diagnoses += [
            ClientDiagnosis(position=place, code=code)
            for place, code in enumerate(("F331", "F4310", "F422", "F4010", "F4323"), start=2)
        ]
    papers.session()
    data = papers.one()
    assert len(data.diagnoses) == 6
    assert data.lines[0].pointers == ("A", "B", "C", "D")


def test_a_later_change_of_the_chart_leaves_an_older_session_alone(
    papers: Papers, store: Store
) -> None:
    papers.client()
    papers.session()
    with store.write("t") as uow:
        uow.session.query(ClientDiagnosis).one().code = "F331"
    assert [one.code for one in papers.one().diagnoses] == ["F41.1"]


def test_the_provider_is_whole(papers: Papers) -> None:
    papers.client()
    papers.session()
    provider = papers.one().provider
    assert provider.signed_name == "Dana Reyes, LCSW"
    assert (provider.npi, provider.organization_npi) == ("1234567893", "")
    assert provider.tax_id_printed == "12-3456789"
    assert (provider.license_number, provider.license_state) == ("R012345", "NY")
    assert provider.address == ("10 Elm Street", "Albany, NY 12207")
    assert provider.phone == "(518) 555-0100"
    assert provider.taxonomy == "1041C0700X"
    assert provider.practice_name == "Quiet Room Therapy"


def test_an_organisation_shows_both_npis_and_its_legal_name(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session()
    with store.write("t") as uow:
        practice = uow.session.get_one(Practice, 1)
        practice.entity, practice.legal_name = "organization", "Quiet Room LLC"
        practice.npi, practice.tax_id_type = "1558598797", "SSN"
    provider = papers.one().provider
    assert (provider.practice_name, provider.organization_npi) == ("Quiet Room LLC", "1558598797")
    assert provider.npi == "1234567893"
    assert provider.tax_id_printed == "123-45-6789"


def test_the_client_and_the_plan_are_named(papers: Papers, store: Store) -> None:
    papers.client(first_name="Zoë", last_name="O’Neil & <b>Søn</b>", phone="5185550177")
    with store.write("t") as uow:
        world.coverage(
            uow,
            uow.session.query(Client).one(),
            group_number="GRP 5",
            relationship_to_insured="child",
            insured_first_name="Rosa",
            insured_last_name="Neil",
            insured_dob=date(1965, 3, 2),
        )
    papers.session()
    data = papers.one()
    assert data.client.full_name == "Zoë O’Neil & <b>Søn</b>"
    assert (data.client.dob, data.client.sex) == (date(1990, 5, 17), "F")
    assert data.client.address == ("1 Oak Lane", "Albany, NY 12207")
    assert data.client.phone == "(518) 555-0177"
    plan = data.insurance
    assert (plan.plan_name, plan.member_id, plan.group_number) == (
        "Blue Plan",
        "XYZ123456",
        "GRP 5",
    )
    assert (plan.relationship, plan.insured_name, plan.insured_dob) == (
        "child",
        "Rosa Neil",
        date(1965, 3, 2),
    )


def test_the_plan_is_the_one_in_force_at_the_session(papers: Papers, store: Store) -> None:
    papers.client()
    with store.write("t") as uow:
        owner = uow.session.query(Client).one()
        world.coverage(uow, owner, effective_to=date(2026, 10, 31), member_id="OLD")
        payer = Payer(ref="new", name="New Plan", payer_id="999")
        uow.session.add(payer)
        uow.session.flush()
        uow.session.add(
            Coverage(
                client_id=owner.id,
                payer_id=payer.id,
                rank=1,
                member_id="NEW",
                effective_from=date(2026, 11, 1),
            )
        )
    papers.session("s1", day=date(2026, 10, 26))
    papers.session("s2", day=date(2026, 11, 2))
    assert papers.one().insurance.member_id == "NEW"
    (earlier,) = papers.issue(since=date(2026, 10, 1), until=date(2026, 10, 31))
    assert papers.data(earlier).insurance.member_id == "OLD"


def test_without_a_plan_in_force_none_is_named(papers: Papers, store: Store) -> None:
    papers.client()
    with store.write("t") as uow:
        owner = uow.session.query(Client).one()
        world.coverage(uow, owner, effective_to=date(2026, 10, 31))
    papers.session()
    assert papers.one().insurance == Insurance()


def test_each_clinician_has_a_superbill_of_their_own(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2))
    papers.session("s2", day=date(2026, 11, 9), minutes=55)
    with store.write("t") as uow:
        other = Clinician(
            ref="lee",
            first_name="Lee",
            last_name="Park",
            credential="PhD",
            npi="1558598797",
            license_number="P9",
            license_state="NY",
        )
        uow.session.add(other)
        uow.session.flush()
        uow.session.query(Session).filter_by(ref="s2").one().clinician_id = other.id
    first, second = papers.issue()
    assert [listed(papers.data(bill)) for bill in (first, second)] == [
        [("90834", 15000, 15000)],
        [("90837", 18000, 18000)],
    ]
    assert papers.data(second).provider.signed_name == "Lee Park, PhD"
    assert first.number != second.number
