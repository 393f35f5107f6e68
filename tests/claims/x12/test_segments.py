# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from claim_samples import BATCH, ENVELOPE, real_files
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.segments import (
    Delimiters,
    NotX12,
    decode,
    join_segment,
    read_interchanges,
    tokenize,
)

FILE = write_837p(BATCH, interchange=ENVELOPE, newline="")
KINDS = ("270", "271", "835", "837P", "999", "TA1")


def texts(text: str) -> list[str]:
    return [segment.text() for segment in tokenize(text)]


def respell(text: str, element: str, component: str, repetition: str, segment: str) -> str:
    table = str.maketrans({"*": element, ":": component, "^": repetition, "~": segment})
    return text.translate(table)


def test_a_file_without_line_ends_is_split_at_its_terminators() -> None:
    segments = list(tokenize(FILE))
    assert len(segments) == 29
    assert [segment.id for segment in segments[:3]] == ["ISA", "GS", "ST"]
    assert [segment.position for segment in segments] == list(range(1, 30))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "  \r\n "])
def test_line_ends_and_blanks_between_segments_do_not_matter(end: str) -> None:
    assert texts(FILE.replace("~", "~" + end)) == texts(FILE)


@pytest.mark.parametrize("before", ["", "\ufeff", "\r\n", " \n\t", "\0"])
@pytest.mark.parametrize("after", ["", "\n", "\x1a", "\0\0"])
def test_filling_around_the_file_does_not_matter(before: str, after: str) -> None:
    assert texts(before + FILE + after) == texts(FILE)


def test_lines_wrapped_in_the_middle_of_data_are_joined_again() -> None:
    wrapped = "\n".join(FILE[at : at + 80] for at in range(0, len(FILE), 80))
    assert texts(wrapped) == texts(FILE)


@pytest.mark.parametrize(
    "marks", [("|", ">", "}", "\n"), ("~", "<", "!", "\r"), (">", "|", "^", "_"), "\x1d:^~"]
)
def test_separators_come_from_the_header(marks: str | tuple[str, ...]) -> None:
    element, component, repetition, segment = marks
    text = respell(FILE, element, component, repetition, segment)
    found = read_interchanges(text)
    assert found[0].delimiters == Delimiters(element, component, repetition, segment)
    parsed = {one.id: one for one in found[0].segments}
    assert parsed["SV1"].components(1) == ("HC", "90837")
    assert parsed["CLM"].component(5, 3) == "1"
    assert len(found[0].segments) == 29


def test_a_terminator_of_two_line_end_characters_is_one_line_end() -> None:
    assert [one.split("*")[0] for one in texts(FILE.replace("~", "\r\n"))][-1] == "IEA"


def test_a_header_whose_padding_was_trimmed_is_still_read() -> None:
    trimmed = FILE.replace("SENDER01       ", "SENDER01").replace("RECEIVER01     ", "RECEIVER01")
    assert read_interchanges(trimmed)[0].delimiters == Delimiters()


def test_several_interchanges_keep_their_own_separators() -> None:
    second = respell(FILE, "|", ">", "^", "\n")
    found = read_interchanges(FILE + "\r\n" + second)
    assert [part.delimiters.element for part in found] == ["*", "|"]
    assert [len(part.segments) for part in found] == [29, 29]
    assert found[1].segments[0].position == 30


def test_an_interchange_without_trailer_ends_where_the_next_begins() -> None:
    cut = FILE[: FILE.index("IEA")]
    assert [len(part.segments) for part in read_interchanges(cut + FILE)] == [28, 29]


def test_what_follows_a_trailer_is_kept() -> None:
    assert texts(FILE + "GS*HC*A*B~")[-1] == "GS*HC*A*B"


def test_a_last_segment_without_terminator_is_kept() -> None:
    assert texts(FILE.removesuffix("~")) == texts(FILE)


@pytest.mark.parametrize("text", ["", "  \n", "hello", "ISA", "ISA*00*", "ST*835*0001~"])
def test_text_without_a_header_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(NotX12, match="no complete X12 header"):
        read_interchanges(text)


def test_old_versions_have_no_repetition_separator() -> None:
    assert read_interchanges(FILE.replace("*^*00501*", "*U*00401*"))[0].delimiters.repetition == ""


def test_elements_that_are_not_there_read_as_empty() -> None:
    segment = next(one for one in tokenize(FILE) if one.id == "REF")
    assert (segment.element(1), segment.element(9), segment.component(9, 2)) == ("EI", "", "")
    assert segment.components(9) == ()
    assert segment.repeats(9) == ()


def test_repetitions_are_split_at_the_separator_of_the_file() -> None:
    text = FILE.replace("HI*ABK:F411", "HI*ABK:F411^ABF:F331")
    segment = next(one for one in tokenize(text) if one.id == "HI")
    assert segment.repeats(1) == ("ABK:F411", "ABF:F331")


def test_a_segment_shows_no_data_in_logs() -> None:
    assert "MARLOWE" not in "".join(repr(segment) for segment in tokenize(FILE))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\ufeffISA".encode(), "ISA"),
        ("ISA".encode("utf-16"), "ISA"),
        ("ISA é".encode(), "ISA é"),
        ("ISA é".encode("latin-1"), "ISA é"),
    ],
)
def test_bytes_are_decoded_whatever_wrote_them(data: bytes, expected: str) -> None:
    assert decode(data) == expected


def test_a_written_segment_has_nothing_empty_at_its_end() -> None:
    assert (
        join_segment("SV1", ("HC", "90837", "", ""), "", "UN", "", ["", ""]) == "SV1*HC:90837**UN"
    )


@pytest.mark.parametrize("bad", ["A*B", "A:B", "A^B", "A~B", "A\nB"])
def test_a_separator_inside_data_is_a_programming_error(bad: str) -> None:
    with pytest.raises(ValueError, match="NM1 holds a separator"):
        join_segment("NM1", "85", bad)


ELEMENT = st.text("ABC 012.,-'", max_size=6).map(str.strip)


@given(st.lists(st.lists(ELEMENT, min_size=1, max_size=5), max_size=8))
def test_written_segments_read_back_the_same(bodies: list[list[str]]) -> None:
    written = [join_segment("ZZ", *body) for body in bodies]
    header = FILE[:106]
    assert texts(header + "".join(f"{one}~\n" for one in written))[1:] == written


@given(st.text(st.sampled_from("ISA*~:^|\r\n 0AZ"), max_size=200))
def test_any_text_is_read_without_loss_or_refused(tail: str) -> None:
    text = FILE[:106] + tail
    blank = str.maketrans("", "", "~ \r\n")
    try:
        found = texts(text)
    except NotX12:
        return  # A second header inside the text that is not complete.
    assert "".join(found).translate(blank) == text.translate(blank)


@pytest.mark.parametrize("kind", KINDS)
def test_real_files_are_read_without_loss(kind: str) -> None:
    files = real_files(kind)
    if not files:
        pytest.skip(f"no real {kind} files at hand (MEDIYN_SHARED)")
    for file in files:
        text = decode(file.read_bytes())
        for part in read_interchanges(text):
            marks = part.delimiters
            assert part.segments[0].id == "ISA"
            assert marks == Delimiters(text[3], text[104], marks.repetition, text[105]), file.name
        blank = str.maketrans("", "", text[105] + " \r\n\t")
        assert "".join(texts(text)).translate(blank) == text.translate(blank), file.name
