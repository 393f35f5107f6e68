# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.vault.recovery import (
    ALPHABET,
    RecoveryCodeMistyped,
    format_code,
    new_secret,
    parse_code,
)

SECRETS = st.binary(min_size=20, max_size=20)
SECRET = bytes(range(7, 27))
CODE = format_code(SECRET)


@given(SECRETS)
def test_a_code_reads_back_as_the_same_secret(secret: bytes) -> None:
    code = format_code(secret)
    assert [len(group) for group in code.split("-")] == [5] * 8
    assert set(code) <= set(ALPHABET + "-")
    assert parse_code(code) == secret


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace("-", " – "),
        f"  {CODE}\n",
        CODE.replace("0", "O"),
        CODE.replace("0", "o").replace("1", "l"),
        CODE.replace("1", "I"),
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),  # full-width letters of some keyboards
    ],
)
def test_case_spaces_and_look_alike_letters_do_not_matter(typed: str) -> None:
    assert {"0", "1"} <= set(CODE)
    assert parse_code(typed) == SECRET


@pytest.mark.parametrize("position", [i for i, c in enumerate(CODE) if c != "-"])
def test_every_single_wrong_character_is_caught_and_its_group_named(position: int) -> None:
    group = position // 6 + 1
    for wrong in ALPHABET + "U*?é":
        if wrong == CODE[position]:
            continue
        with pytest.raises(RecoveryCodeMistyped) as caught:
            parse_code(CODE[:position] + wrong + CODE[position + 1 :])
        assert caught.value.groups == (group,)
        assert caught.value.code == "recovery-code-mistyped"
        assert f"typo in group {group} of" in caught.value.message


@given(SECRETS, st.integers(0, 7), st.integers(0, 4), st.integers(0, 4))
def test_two_characters_swapped_within_a_group_are_caught(
    secret: bytes, group: int, one: int, other: int
) -> None:
    groups = [list(g) for g in format_code(secret).split("-")]
    chosen = groups[group]
    chosen[one], chosen[other] = chosen[other], chosen[one]
    typed = "-".join("".join(g) for g in groups)
    if typed == format_code(secret):
        assert parse_code(typed) == secret
    else:
        with pytest.raises(RecoveryCodeMistyped) as caught:
            parse_code(typed)
        assert caught.value.groups == (group + 1,)


@given(SECRETS, st.integers(0, 7), st.integers(0, 7))
def test_two_groups_swapped_are_caught_and_both_named(secret: bytes, one: int, other: int) -> None:
    groups = format_code(secret).split("-")
    groups[one], groups[other] = groups[other], groups[one]
    if one == other:
        assert parse_code("-".join(groups)) == secret
    else:
        with pytest.raises(RecoveryCodeMistyped) as caught:
            parse_code("-".join(groups))
        assert caught.value.groups == tuple(sorted((one + 1, other + 1)))


def test_a_missing_character_names_its_group_or_the_count() -> None:
    with pytest.raises(RecoveryCodeMistyped, match="needs 5 characters in group 3") as caught:
        parse_code(CODE[:14] + CODE[15:])
    assert caught.value.groups == (3,)
    with pytest.raises(RecoveryCodeMistyped, match="has 40 letters and digits; 39 were typed"):
        parse_code(CODE.replace("-", "")[:-1])
    with pytest.raises(RecoveryCodeMistyped, match="40 letters and digits; 0 were typed"):
        parse_code("")


def test_several_wrong_groups_are_named_together() -> None:
    groups = CODE.split("-")
    for number in (2, 5, 8):
        groups[number - 1] = groups[number - 1][:-1] + "U"
    with pytest.raises(RecoveryCodeMistyped, match="typo in groups 2, 5 and 8 of") as caught:
        parse_code("-".join(groups))
    assert caught.value.groups == (2, 5, 8)


def test_the_sentence_never_repeats_what_was_typed() -> None:
    with pytest.raises(RecoveryCodeMistyped) as caught:
        parse_code(CODE[:-1] + "U")
    assert not any(group in str(caught.value) for group in CODE.split("-"))


def test_secrets_are_random_and_of_one_length() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    with pytest.raises(ValueError, match="20 bytes"):
        format_code(bytes(19))
