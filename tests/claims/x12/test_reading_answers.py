# SPDX-License-Identifier: MIT
"""Files as they come: mixed, broken, foreign, too large. Nothing is raised, everything is named."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from answer_samples import CLAIM, HEADER, bpr, claim, codes, flaws_in, remit, whole, wrap
from claim_samples import BATCH, ENVELOPE, real_files

from mediyn_desktop.claims.x12.balance835 import balance
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.containers import Limits, members
from mediyn_desktop.claims.x12.inbound import Flaw, Kind, NotReadHere
from mediyn_desktop.claims.x12.model271 import EligibilityAnswer
from mediyn_desktop.claims.x12.model835 import PaymentEnd, RemitClaim, Remittance
from mediyn_desktop.claims.x12.model_answers import GroupAnswer, InterchangeAnswer
from mediyn_desktop.claims.x12.reader835 import MOST_CLAIM_SEGMENTS
from mediyn_desktop.claims.x12.reading import read, read_whole
from mediyn_desktop.claims.x12.set_reader import MOST_SEGMENTS
from mediyn_desktop.claims.x12.streaming import LONGEST_SEGMENT

GOOD = remit(CLAIM, paid="64.00")
ACK = wrap("999", ["AK1*HC*101*005010X222A1", "AK9*A*1*1*1"])


def zipped(**files: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    packed.seek(0)
    return packed


def read_all(stream: io.BytesIO, limits: Limits | None = None) -> dict[str, list[object]]:
    found = members(stream, "inbox", limits=limits) if limits else members(stream, "inbox")
    return {member.name: list(read_whole(member.chunks)) for member in found}


# What a file is.


def test_each_transaction_is_told_by_its_content_whatever_else_is_in_the_file() -> None:
    ta1 = "TA1*000000050*260309*1200*A*000~\n"
    mixed = GOOD.replace(b"GS*HP", ta1.encode() + b"GS*HP", 1) + b"\r\n" + ACK
    found = whole(mixed)
    assert [type(each) for each in found] == [InterchangeAnswer, Remittance, GroupAnswer]
    assert [each.origin.kind for each in found if not isinstance(each, Flaw)] == [
        Kind.TA1,
        Kind.REMITTANCE,
        Kind.ACKNOWLEDGEMENT,
    ]


def test_our_own_claims_are_named_and_left_alone() -> None:
    (found,) = whole(write_837p(BATCH, interchange=ENVELOPE).encode())
    assert isinstance(found, NotReadHere)
    assert (found.origin.kind, found.words) == (Kind.CLAIM, "claims (837P)")
    assert (found.position, found.end) == (3, 27)


@pytest.mark.parametrize(
    ("code", "version", "kind"),
    [
        ("277", "005010X212", Kind.CLAIM_STATUS),
        ("277", "005010X213", Kind.OTHER),
        ("837", "005010X223A2", Kind.OTHER),
        ("270", "005010X279A1", Kind.ELIGIBILITY_REQUEST),
        ("834", "005010X220A1", Kind.OTHER),
        ("", "", Kind.OTHER),
    ],
)
def test_other_transactions_are_named(code: str, version: str, kind: Kind) -> None:
    data = wrap("835", ["BHT*1*2*3"], version=version).replace(b"ST*835", b"ST*" + code.encode())
    (found,) = whole(data)
    assert isinstance(found, NotReadHere)
    assert found.origin.kind is kind
    assert found.words


def test_old_versions_are_read_as_well() -> None:
    body = [bpr("64.00"), *HEADER, *CLAIM]
    (found,) = whole(wrap("835", body, version="004010X091A1"))
    assert isinstance(found, Remittance)
    assert balance(found).ok


# Envelopes that do not close.


def test_a_file_cut_off_anywhere_never_looks_complete() -> None:
    body = GOOD[: GOOD.index(b"SE*")]
    for at in range(120, len(body), 7):
        found = [each for each in whole(body[:at]) if isinstance(each, Remittance)]
        for each in found:
            assert not each.end.complete
            assert not balance(each).payment_ok
            assert "broken-off" in codes(each.end.flaws)


def test_a_file_without_its_last_lines_is_whole_but_told() -> None:
    found = whole(GOOD[: GOOD.index(b"GE*")])
    assert [type(each) for each in found] == [Remittance, Flaw]
    assert balance(found[0]).ok  # type: ignore[arg-type]
    assert codes(flaws_in(GOOD[: GOOD.index(b"IEA*")])) == ["no-trailer"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"SE*22*0001", b"SE*99*0001", "count-differs"),
        (b"SE*22*0001", b"SE*MANY*0001", "count-differs"),
        (b"SE*22*0001", b"SE*22*0002", "control-number-differs"),
        (b"GE*1*7", b"GE*2*7", "count-differs"),
        (b"GE*1*7", b"GE*1*8", "control-number-differs"),
        (b"IEA*1*000000101", b"IEA*3*000000101", "count-differs"),
        (b"IEA*1*000000101", b"IEA*1*000000102", "control-number-differs"),
        (b"GE*1*7~", b"GE*1*7~\nREF*A*B~", "stray-segment"),
        (b"GE*1*7~", b"GE*1*7~\nSE*1*1~", "stray-segment"),
        (b"GE*1*7~", b"GE*1*7~\nGE*1*7~", "stray-segment"),
        (b"IEA*1*000000101~", b"IEA*1*000000101~\nIEA*1*000000101~", "stray-segment"),
    ],
)
def test_envelopes_that_disagree_are_told_and_the_money_still_counts(
    old: bytes, new: bytes, code: str
) -> None:
    data = GOOD.replace(old, new)
    assert data != GOOD
    found = [each for each in whole(data) if isinstance(each, Remittance)]
    assert code in codes(flaws_in(data))
    assert balance(found[0]).ok


def test_an_interchange_with_nothing_in_it_is_told() -> None:
    rows = GOOD.split(b"\n")
    empty = b"\n".join((rows[0], b"IEA*0*000000101~"))
    assert codes(flaws_in(empty)) == ["nothing-inside"]


def test_a_damaged_interchange_does_not_hide_the_next() -> None:
    for broken in (GOOD[:400], GOOD[:400] + b"~\n", b"".join((GOOD, b"ISA*broken~\n"))):
        found = [each for each in whole(broken + GOOD) if isinstance(each, Remittance)]
        assert balance(found[-1]).ok


def test_sets_without_an_end_do_not_hide_the_next() -> None:
    body = [bpr("64.00"), *HEADER, *CLAIM]
    data = wrap("835", body, body).replace(b"SE*22*0001~\n", b"", 1)
    first, second = (each for each in whole(data) if isinstance(each, Remittance))
    assert not balance(first).ok
    assert balance(second).ok


# Files that are something else.


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\0", "is empty"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"<html><body>", "a web page"),
        (b"<?xml version='1.0'?>", "an XML file"),
        (b'{"x12": ""}', "a JSON file"),
        (b"UNB+UNOA:1+A+B", "an EDIFACT file"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"name,amount\nJune,5\n", "text of another kind"),
        (bytes(range(256)) * 8, "a binary file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"ISA*00*cut", "no complete X12 header"),
    ],
)
def test_a_file_that_is_no_x12_is_named_in_one_sentence(data: bytes, words: str) -> None:
    (flaw,) = whole(data)
    assert isinstance(flaw, Flaw)
    assert words in flaw.message
    assert flaw.blocks
    assert "Ask the sender" in flaw.message or "ask the sender" in flaw.message


def test_noise_behind_a_good_header_ends_with_a_sentence() -> None:
    noise = GOOD[:106] + b"X" * (LONGEST_SEGMENT + 200_000)
    assert codes(flaws_in(noise))[:1] == ["x12-segment-too-long"]


# Too large.


def test_a_huge_file_is_refused_by_its_size_before_it_is_read() -> None:
    class Huge(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return 5 << 30 if whence == 2 else super().seek(offset, whence)

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("a file beyond the limit must not be read")

    (items,) = read_all(Huge()).values()
    (flaw,) = items
    assert isinstance(flaw, Flaw)
    assert flaw.code == "file-too-large"
    assert "5,120 MB" in flaw.message


def test_a_stream_without_a_size_is_stopped_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.given = 0

        def seekable(self) -> bool:
            return False

        def read(self, size: int = -1) -> bytes:
            piece = GOOD[:106] if not self.given else b"REF*ZZ*NOISE~\n" * 4000
            self.given += len(piece)
            return piece

    endless = Endless()
    (member,) = members(endless, "pipe", limits=Limits(file_bytes=1_000_000))  # type: ignore[arg-type]
    found = codes(each for each in read(member.chunks) if isinstance(each, Flaw))
    assert "file-too-large" in found
    assert endless.given < 2_000_000


def test_an_endless_file_is_read_in_memory_that_does_not_grow() -> None:
    once = "~\n".join(CLAIM).encode() + b"~\n"

    def pieces() -> Iterator[bytes]:
        yield GOOD[: GOOD.index(b"CLP")]
        for _ in range(5_000):
            yield once

    counted = 0
    tracemalloc.start()
    for item in read(pieces()):
        counted += isinstance(item, RemitClaim)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted == 5_000
    assert peak < 4 << 20


@pytest.mark.parametrize(
    "segment", [b"ZZZ*1~\n", b"SVC*HC:1*1*1~\n", b"REF*ZZ*1~\n", b"LQ*HE*N1~\n"]
)
def test_a_claim_of_endless_segments_is_cut_and_held(segment: bytes) -> None:
    body = GOOD.replace(b"REF*6R*C1001L1~\n", segment * (MOST_CLAIM_SEGMENTS + 5_000))
    found = [each for each in read([body]) if isinstance(each, RemitClaim | PaymentEnd)]
    flaws = [flaw for each in found for flaw in each.flaws]
    assert "too-long" in codes(flaws)
    assert any(flaw.blocks for flaw in flaws)


@pytest.mark.parametrize("code", ["999", "277", "271"])
def test_a_set_of_endless_segments_is_cut_and_told(code: str) -> None:
    data = wrap(code, ["HL*1**22*0", "NM1*IL*1", *["REF*ZZ*1"] * (MOST_SEGMENTS + 5_000)])
    assert "too-long" in codes(flaws_in(data))


def test_a_remittance_of_more_claims_than_are_held_at_once_is_not_taken_for_whole() -> None:
    data = remit(*[CLAIM] * 30, paid="1920.00")
    (found,) = read_whole([data], most_claims=20)
    assert isinstance(found, Remittance)
    assert len(found.claims) == 20
    assert not balance(found).payment_ok
    assert "too-many-claims" in codes(found.flaws)


# Archives.


def test_every_file_of_an_archive_is_read() -> None:
    found = read_all(zipped(**{"a.835": GOOD, "b/c.999": ACK}))
    assert list(found) == ["inbox/a.835", "inbox/b/c.999"]
    assert isinstance(found["inbox/a.835"][0], Remittance)
    assert isinstance(found["inbox/b/c.999"][0], GroupAnswer)


def test_one_bad_file_of_an_archive_does_not_hide_the_others() -> None:
    packed = bytearray(zipped(**{"a.835": GOOD * 50, "b.999": ACK}).getvalue())
    packed[60:70] = b"0123456789"
    found = read_all(io.BytesIO(bytes(packed)))
    flaws = [each for each in found["inbox/a.835"] if isinstance(each, Flaw)]
    assert "archive-damaged" in codes(flaws)
    assert isinstance(found["inbox/b.999"][0], GroupAnswer)


def test_an_archive_that_unpacks_to_too_much_is_stopped() -> None:
    bomb = zipped(**{"a.835": GOOD[:106] + b"REF*ZZ*1~" * 400_000, "b.999": ACK})
    found = read_all(bomb, Limits(unpacked_bytes=1_000_000))
    last = found["inbox/a.835"][-1]
    assert isinstance(last, Flaw)
    assert "file-too-large" in codes(f for f in found["inbox/a.835"] if isinstance(f, Flaw))


def test_an_archive_of_too_many_files_is_not_opened() -> None:
    full = zipped(**{f"{number}.835": b"" for number in range(12)})
    (items,) = read_all(full, Limits(members=10)).values()
    assert codes(items) == ["archive-too-full"]  # type: ignore[arg-type]


def test_archives_that_are_damaged_locked_or_nested_are_named() -> None:
    good = zipped(**{"a.835": GOOD}).getvalue()
    (items,) = read_all(io.BytesIO(good[:-30])).values()
    assert codes(items) == ["archive-damaged"]  # type: ignore[arg-type]
    locked = bytearray(good)
    locked[6] |= 1
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    (items,) = read_all(io.BytesIO(bytes(locked))).values()
    assert codes(items) == ["archive-locked"]  # type: ignore[arg-type]
    (items,) = read_all(zipped(**{"inner.zip": good})).values()
    assert "a zip archive" in items[0].message  # type: ignore[attr-defined]


def test_a_plain_file_is_its_own_member() -> None:
    assert list(read_all(io.BytesIO(GOOD))) == ["inbox"]


# Real files of every kind.


@pytest.mark.parametrize("kind", ["270", "271", "835", "837P", "999", "TA1"])
def test_real_files_are_classified_by_their_content(kind: str) -> None:
    files = real_files(kind)
    if not files:
        pytest.skip(f"no real {kind} files at hand (MEDIYN_SHARED)")
    wanted = {"837P": Kind.CLAIM, "270": Kind.ELIGIBILITY_REQUEST}.get(kind) or Kind(kind)
    for file in files:
        items = [each for each in whole(file.read_bytes()) if not isinstance(each, Flaw)]
        assert items, file.name
        assert {each.origin.kind for each in items} == {wanted}, file.name


def test_real_eligibility_answers_are_read_whole() -> None:
    files = real_files("271")
    if not files:
        pytest.skip("no real 271 files at hand (MEDIYN_SHARED)")
    for file in files:
        (answer,) = whole(file.read_bytes())
        assert isinstance(answer, EligibilityAnswer)
        assert answer.others == ()
        assert bool(answer.benefits) != bool(answer.rejections), file.name


def test_two_claims_with_the_same_number_are_both_kept() -> None:
    data = remit(CLAIM, CLAIM, claim("SVC*HC:90834*90*90"), paid="218.00")
    (found,) = whole(data)
    assert isinstance(found, Remittance)
    assert [each.control_number for each in found.claims] == ["C1001"] * 3
