# SPDX-License-Identifier: MIT
"""What can be read back from the printed superbill."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from mediyn_desktop.documents.superbill import (
    Diagnosis,
    Insurance,
    Payment,
    Supervisor,
    render_superbill,
    render_superbills,
)

HOSTILE_NAMES = [
    "O'Neil <b>", "A & B", "<img src=x>", "Zoë Škvorecký", "Анна", "Ελένη", "(Ana) \\ O’Neil",
    "<font size=90>Jo</font>", "&lt;b&gt;", "Nguyễn Thị Ánh", "Հայկ", "%d %s {0}",
]  # fmt: skip


def test_every_field_of_the_input_is_on_the_page(bill, pages):
    data = bill(
        provider__organization_npi="1558598797",
        provider__supervisor=Supervisor("Jo Park", "PhD", "1003000126", "PSY2211", "CA"),
        insurance=Insurance("Aetna Choice", "W123", "G77", "spouse", "Max Roe", date(1980, 1, 2)),
        replaces="2026-0031",
        version=3,
        referring_name="Kim Lee MD",
        referring_npi="1992999999",
        line__charged_cents=20000,
        line__modifiers=("95", "HO"),
    )
    text = " ".join(pages(render_superbill(data))[0].split())
    for words in (
        "Dana M. Reyes, LCSW", "Quiet Harbor Psychotherapy", "1280 Shattuck Avenue, Suite 4",
        "Berkeley, CA 94709", "(510) 555-0142", "office@quietharbor.example", "1234567893",
        "1558598797", "12-3456789", "LCS-104822 (CA)", "1041C0700X", "Jo Park, PhD", "1003000126",
        "PSY2211 CA", "Kim Lee MD", "1992999999",
        "Ana O’Neil", "03/14/1988", "77 Hillegass Avenue", "Oakland, CA 94618", "(510) 555-0199",
        "Aetna Choice", "W123", "G77", "Spouse", "Max Roe", "01/02/1980",
        "F41.1", "Generalized anxiety", "F33.1",
        "09/01/2026", "10", "90834", "Individual therapy", "95 HO", "AB", "200.00", "175.00",
        "25.00", "$200.00", "$175.00", "$25.00", "09/02/2026", "Card ending 4242",
        "No. 2026-0042", "Replaces no. 2026-0031", "Issued November 23, 2026 · Version 3",
        "pay benefits to the client or the insured member", "does not accept assignment",
        "Electronically signed by Dana M. Reyes, LCSW", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text
    assert "paid in full" not in text


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_is_read_back_exactly_as_given(bill, pages, name):
    lines = pages(render_superbill(bill(client__full_name=name)))[0].splitlines()
    assert name in lines


def test_a_decomposed_name_prints_composed_and_without_hidden_characters(bill, pages):
    text = pages(render_superbill(bill(client__full_name="Zoe\u0308\u202e Ro\u00ade\nJr\u200b.")))[
        0
    ]
    assert "Zoë Roe Jr." in text.splitlines()


def test_a_character_no_face_has_leaves_a_visible_placeholder(bill, pages):
    text = pages(render_superbill(bill(client__full_name="Ana 王")))[0]
    assert "Ana \ufffd" in text


def test_a_social_security_number_is_printed_in_its_own_pattern(bill, pages):
    data = bill(provider__tax_id="123-45-6789", provider__tax_id_kind="SSN")
    text = pages(render_superbill(data))[0]
    assert "Tax ID (SSN)" in text
    assert "123-45-6789" in text


def test_a_long_list_repeats_the_header_and_numbers_its_pages(bill, pages):
    read = pages(render_superbill(bill(rows=60)))
    assert len(read) == 3
    for number, text in enumerate(read, start=1):
        assert f"Page {number} of 3" in text
        assert "Superbill no. 2026-0042 · Version 1" in text
        assert "Balance" in text
    for text in read[1:]:
        assert "Ana O’Neil · born 03/14/1988" in text
    assert [row for text in read for row in re.findall(r"(\S+) 10 90834", text)] == [
        f"{line.date_of_service:%m/%d/%Y}" for line in bill(rows=60).lines
    ]


@pytest.mark.parametrize("rows", range(1, 46))
def test_totals_never_stand_on_a_page_without_a_service_above_them(bill, pages, rows):
    read = pages(render_superbill(bill(rows=rows)))
    (page,) = [text for text in read if "Total, paid in full" in text]
    above = page.split("Total, paid in full")[0]
    assert above.count("90834") >= min(rows, 2)
    assert sum(text.count("90834") for text in read) == rows


def test_ten_services_and_their_payment_fit_one_page(bill, pages):
    assert len(pages(render_superbill(bill(rows=10)))) == 1


def test_many_payments_run_over_pages_and_keep_the_signature(bill, pages):
    paid = tuple(Payment(date(2026, 9, 1), f"Check no. {number}", 100) for number in range(70))
    text = "\n".join(pages(render_superbill(bill(payments=paid))))
    assert all(f"Check no. {number} 1.00" in text for number in range(70))
    assert "Electronically signed by" in text


def test_twelve_diagnoses_and_four_pointers_fit(bill, pages):
    codes = "F41.1 F33.1 F43.10 F90.2 F42.2 F50.010 Z63.0 R45.851 F10.20 F60.3 F84.0 T74.31XA"
    data = bill(
        diagnoses=tuple(Diagnosis(code, "A title " * 12) for code in codes.split()),
        line__pointers=tuple("ABCL"),
    )
    text = pages(render_superbill(data))[0]
    assert all(code in text for code in codes.split())
    assert "ABCL" in text


def test_endless_names_stay_on_the_page(bill):
    long = "Konstantinopolitanidou" * 4
    data = bill(
        client__full_name=f"{long} Smith-Jones", line__label=long, number="9" * 60,
        provider__legal_name=long, provider__email=f"{long}@example.org",
    )  # fmt: skip
    right = []

    def visit(text, _cm, tm, _font, size):
        if text.strip():
            right.append(tm[4] + 0.45 * size * len(text.strip()))

    for page in PdfReader(io.BytesIO(render_superbill(data))).pages:
        page.extract_text(visitor_text=visit)
    assert right
    assert max(right) < 612


def test_a_void_superbill_says_so_on_every_page(bill, pages):
    read = pages(render_superbill(bill(rows=40, void=True, replaced_by="2026-0050")))
    assert len(read) == 2
    assert all(text.count("VOID") >= 2 for text in read)
    assert "Do not send it to an insurer. Use no. 2026-0050 instead." in read[0]


def test_a_batch_numbers_the_pages_of_each_superbill(bill, pages):
    read = pages(render_superbills([bill(), bill(rows=30, number="2026-0043"), bill()]))
    footers = [re.findall(r"Page \d of \d", text)[0] for text in read]
    assert footers == ["Page 1 of 1", "Page 1 of 2", "Page 2 of 2", "Page 1 of 1"]


def test_no_person_is_named_in_the_file_properties(bill):
    info = PdfReader(io.BytesIO(render_superbill(bill()))).metadata
    assert info.title == "Superbill 2026-0042"
    assert not any("O’Neil" in str(value) or "Reyes" in str(value) for value in info.values())
    assert info["/CreationDate"] == "D:20261123000000Z"


def test_every_font_is_embedded(bill):
    reader = PdfReader(io.BytesIO(render_superbill(bill(client__full_name="Հայկ"))))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert len(fonts) == 3
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_the_same_superbill_is_the_same_bytes_in_another_process(bill):
    data = bill(rows=30, client__full_name="Zoë Ελένη Հայկ", void=True)
    here = hashlib.sha256(render_superbill(data)).hexdigest()
    code = (
        "import hashlib, pickle, sys\n"
        "from mediyn_desktop.documents.superbill import render_superbill\n"
        "data = pickle.loads(sys.stdin.buffer.read())\n"
        "print(hashlib.sha256(render_superbill(data)).hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(data),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
             "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert done.stdout.decode().strip() == here


def test_what_was_printed_before_does_not_change_the_bytes(bill):
    plain = bill()
    before = render_superbill(plain)
    render_superbill(replace(plain, number="Ω-77", client=replace(plain.client, full_name="Анна")))
    assert render_superbill(plain) == before
