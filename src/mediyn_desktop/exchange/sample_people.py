# SPDX-License-Identifier: MIT
"""The made-up practice, its payers, clients and agreements. Nobody here exists.

Each client is there for a reason, named beside it: together they take every road of an evening.
"""

from __future__ import annotations

from collections.abc import Mapping

from mediyn_desktop.codes.npi import npi_check_digit

Cells = Mapping[str, str]


def _npi(first_nine: str) -> str:
    return first_nine + npi_check_digit(first_nine)


PRACTICE: Cells = {
    "name": "Juniper Lane Therapy",
    "legal_name": "Juniper Lane Therapy LLC",
    "entity": "organization",
    "npi": _npi("145632107"),
    "tax_id": "93-4418027",
    "tax_id_type": "EIN",
    "taxonomy": "1041C0700X",
    "address1": "1420 SW Juniper Lane",
    "address2": "Suite 3",
    "city": "Portland",
    "state": "OR",
    "zip": "97205-1180",
    "phone": "(503) 555-0142",
    "email": "hello@juniperlane.example",
    "timezone": "America/Los_Angeles",
}
CLINICIAN: Cells = {
    "first_name": "Marisol",
    "last_name": "Okafor",
    "credential": "LCSW",
    "npi": _npi("173580264"),
    "license_number": "L10482",
    "license_state": "OR",
    "taxonomy": "1041C0700X",
}

PAYERS: tuple[Cells, ...] = (
    {
        "ref": "bluefir",
        "name": "Blue Fir Health Plan",
        "payer_id": "BFH01",
        "claim_filing_code": "BL",
        "timely_filing_days": "180",
        "expected_payment_days": "21",
        "telehealth_modifier": "95",
        "address1": "PO Box 4100",
        "city": "Portland",
        "state": "OR",
        "zip": "97208",
    },
    {
        "ref": "cascade",
        "name": "Cascade Mutual",
        "payer_id": "CASMU",
        "claim_filing_code": "CI",
        "timely_filing_days": "90",
        "expected_payment_days": "30",
        "telehealth_modifier": "GT",
        "address1": "88 Harbor Way",
        "city": "Seattle",
        "state": "WA",
        "zip": "98101",
    },
)

FEES: tuple[tuple[str, str], ...] = (
    ("90791", "230"),
    ("90832", "110"),
    ("90834", "150"),
    ("90837", "185"),
    ("90839", "240"),
    ("90840", "115"),
    ("90846", "160"),
    ("90847", "170"),
    ("90853", "65"),
    ("LATE_CANCEL", "85"),
    ("NO_SHOW", "120"),
)
PAYER_FEES: tuple[tuple[str, str, str], ...] = (
    ("90834", "142.50", "bluefir"),
    ("90837", "176.00", "bluefir"),
)
CLIENT_FEES: tuple[tuple[str, str, str], ...] = (("90837", "160", "c08"),)  # a sliding fee

_KEYS = ("ref", "first_name", "last_name", "dob", "sex", "payment_type", "diagnoses", "autopay")
_PEOPLE = (
    # Pays each session by card.
    ("c01", "Zoë", "O’Brien-Marchetti", "1988-02-29", "F", "self_pay", "F41.1", "full"),
    # Pays by card, and tonight the card declines.
    ("c02", "Tomás", "Quiñones", "1992-11-03", "M", "self_pay", "F33.1", "full"),
    # In network with a copay; video at home.
    ("c03", "Ánh", "Nguyễn", "1979-06-18", "F", "in_network", "F33.1;F41.1", "copay"),
    # In network without a copay; by telephone.
    ("c04", "Desmond", "Achebe", "1965-09-30", "M", "in_network", "F43.21", "none"),
    # Out of network: pays, and gets a superbill each month.
    ("c05", "Siobhán", "D'Arcy", "1984-04-12", "F", "out_of_network", "F42.2", "full"),
    # Has a package of five sessions.
    ("c06", "Priya", "Raghunathan", "1995-01-25", "F", "self_pay", "F41.9", "none"),
    # Cancels too late tonight; still owes an older fee.
    ("c07", "Łukasz", "Wiśniewski", "1990-12-08", "M", "self_pay", "F60.3", "full"),
    # Does not come tonight; pays a sliding fee otherwise.
    ("c08", "Grace", "Kim", "2001-07-21", "F", "self_pay", "F50.82", "full"),
    # Is seen without a fee.
    ("c09", "Ruth", "Abernathy", "1951-03-17", "F", "pro_bono", "F43.12", "none"),
    # In crisis: a long session with an add-on.
    ("c10", "Jamal", "Whitfield", "1998-05-05", "M", "in_network", "F32.2", "copay"),
    # Comes with her family, by video from her parents' house.
    ("c11", "Ana-Sofía", "Delgado", "2004-10-14", "F", "in_network", "F43.23", "copay"),
    # Three people of one group, on three roads.
    ("c12", "Marcus", "Bell", "1987-08-02", "M", "self_pay", "F40.10", "full"),
    ("c13", "Hana", "Novotná", "1993-02-11", "F", "out_of_network", "F40.10", "full"),
    ("c14", "Wen", "Li", "1982-12-19", "U", "in_network", "F40.10", "none"),
    # The diagnosis is only a heading: the claim is held.
    ("c15", "Noor", "al-Hakim", "1999-09-09", "F", "in_network", "F43.1", "none"),
    # Has to leave after twelve minutes: nothing can be billed.
    ("c16", "Elif", "Şahin", "1976-01-31", "F", "self_pay", "F41.0", "none"),
    # The note of tonight is not signed yet.
    ("c17", "Björn", "Åkesson", "1969-06-06", "M", "self_pay", "F33.0", "full"),
)
_SUPERBILL = {"c05": "month", "c13": "session"}
_STREETS = ("NE Alder St", "SE Hawthorn Ave", "NW Birch Ct", "N Willow Way", "SW Maple Dr")


def clients() -> list[Cells]:
    """Return the clients in the columns of ``clients.csv``."""
    found: list[Cells] = []
    for number, person in enumerate(_PEOPLE, start=1):
        cells = dict(zip(_KEYS, person, strict=True))
        ref = cells["ref"]
        cells |= {
            "email": f"{ref}@mail.example",
            "phone": f"503-555-01{number + 20:02d}",
            "address1": f"{100 + 37 * number} {_STREETS[number % len(_STREETS)]}",
            "city": "Portland",
            "state": "OR",
            "zip": f"972{number % 10:02d}",
            "superbill": _SUPERBILL.get(ref, "none"),
        }
        found.append(cells)
    return found


_INSURED_BY_SPOUSE: Cells = {
    "relationship": "spouse",
    "insured_first_name": "Jonas",
    "insured_last_name": "Lindqvist",
    "insured_dob": "1981-03-03",
    "insured_sex": "M",
    "insured_address1": "618 SW Maple Dr",
    "insured_city": "Portland",
    "insured_state": "OR",
    "insured_zip": "97204",
}

COVERAGE: tuple[Cells, ...] = (
    {"client_ref": "c03", "payer_ref": "bluefir", "member_id": "BFX100203", "copay": "30"},
    {"client_ref": "c04", "payer_ref": "cascade", "member_id": "CM77120", "group_number": "G-204"},
    {"client_ref": "c05", "payer_ref": "cascade", "member_id": "CM55019"},
    {"client_ref": "c10", "payer_ref": "bluefir", "member_id": "BFX330918", "copay": "20.00"},
    {"client_ref": "c11", "payer_ref": "cascade", "member_id": "CM90417", "copay": "25"},
    {"client_ref": "c13", "payer_ref": "bluefir", "member_id": "BFX518822"},
    {"client_ref": "c14", "payer_ref": "bluefir", "member_id": "BFX274400", **_INSURED_BY_SPOUSE},
    {"client_ref": "c15", "payer_ref": "cascade", "member_id": "CM31562"},
)

# Client, stock test card of the processor, brand, last four digits, consent. One of them declines.
CARDS: tuple[tuple[str, str, str, str, str], ...] = (
    ("c01", "pm_card_visa", "visa", "4242", "sessions;fees"),
    ("c02", "pm_card_visa_chargeDeclinedInsufficientFunds", "visa", "9995", "sessions;fees"),
    ("c03", "pm_card_mastercard", "mastercard", "4444", "copays;fees"),
    ("c05", "pm_card_amex", "amex", "0005", "sessions;fees"),
    ("c07", "pm_card_visa", "visa", "4242", "sessions;fees"),
    ("c08", "pm_card_mastercard", "mastercard", "4444", "sessions;fees"),
    ("c10", "pm_card_visa", "visa", "4242", "copays"),
    ("c11", "pm_card_mastercard", "mastercard", "4444", "copays;fees"),
    ("c12", "pm_card_visa", "visa", "4242", "sessions"),
    ("c13", "pm_card_amex", "amex", "0005", "sessions"),
    ("c17", "pm_card_visa", "visa", "4242", "sessions;fees"),
)
