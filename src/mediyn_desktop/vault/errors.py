# SPDX-License-Identifier: MIT
"""Why a practice cannot be created, opened or given another way in, each with its own code.

Those of the OS key store stand in ``os_keyring``, a mistyped recovery code in ``recovery``.
"""

from __future__ import annotations

from typing import Final

from mediyn_desktop.core.errors import UserFacingError

NAME: Final = "keyslots.json"
PASSPHRASE: Final = "passphrase"  # noqa: S105 - a slot kind
RECOVERY: Final = "recovery"
KEYRING: Final = "keyring"
SHORTEST_PASSPHRASE: Final = 10


class KeyslotsMissing(UserFacingError):
    """There is no keyslots file in the folder."""

    code = "keyslots-missing"

    def __init__(self) -> None:
        super().__init__(
            f"The key file {NAME} is not in the data folder. The records there are untouched but "
            f"cannot be opened without it. Copy {NAME} back from your newest backup."
        )


class KeyslotsDamaged(UserFacingError):
    """The file, or the one slot that was asked for, is not what was written."""

    code = "keyslots-damaged"

    def __init__(self, kind: str | None = None) -> None:
        if kind is None:
            what, then = f"The key file {NAME} and its copy are damaged", "Copy"
        else:
            what = f"The {kind} entry of the key file {NAME} is damaged"
            then = "Unlock in another way (passphrase or recovery code), or copy"
        super().__init__(
            f"{what}. Your records are untouched, and what you typed may well be right. {then} "
            f"{NAME} back from your newest backup."
        )


class KeyslotsNewer(UserFacingError):
    """The file was written by a later version of this program."""

    code = "keyslots-newer"

    def __init__(self) -> None:
        super().__init__(
            f"The key file {NAME} was written by a newer version of this program. Nothing was "
            "changed. Install the newest version and open the practice again."
        )


class KeyslotsUnreadable(UserFacingError):
    """The operating system refused to read the file."""

    code = "keyslots-unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The key file {NAME} cannot be read ({reason}). Nothing was changed. Check that the "
            "data folder belongs to you and that its disk is connected."
        )


class KeyslotsNotWritten(UserFacingError):
    """The new file could not be put in place; the old one is whole and still counts."""

    code = "keyslots-not-written"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The key file {NAME} could not be written ({reason}). The way you unlock the "
            "practice has not changed. Free some disk space and try again."
        )


class LastSlot(UserFacingError):
    """Removing this slot would leave only the keyring, or nothing, to open the practice."""

    code = "last-slot"

    def __init__(self) -> None:
        super().__init__(
            "A practice needs its passphrase or its recovery code. Nothing was removed. Set up "
            "the other one first."
        )


class PassphraseTooShort(UserFacingError):
    """The new passphrase has fewer than ``SHORTEST_PASSPHRASE`` characters."""

    code = "passphrase-too-short"

    def __init__(self) -> None:
        super().__init__(
            f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters. Nothing was changed. "
            "Four or five unrelated words are easy to remember and hard to guess."
        )


class WrongPassphrase(UserFacingError):
    """The passphrase slot is whole, and this is not its passphrase."""

    code = "wrong-passphrase"

    def __init__(self) -> None:
        super().__init__(
            "That is not the passphrase of this practice. Nothing was changed; try as often as "
            "you like. Check Caps Lock and the keyboard layout. If you forgot it, the recovery "
            "code unlocks the practice."
        )


class WrongRecoveryCode(UserFacingError):
    """The code was typed without a slip but belongs to another practice or was replaced."""

    code = "wrong-recovery-code"

    def __init__(self) -> None:
        super().__init__(
            "That recovery code has no typo, but it does not open this practice. Nothing was "
            "changed. Look for a newer recovery sheet, or the sheet of this practice."
        )


class NoSuchSlot(UserFacingError):
    """The practice has no slot of this kind; the code is ``no-<kind>-slot``."""

    def __init__(self, kind: str) -> None:
        ways = {
            PASSPHRASE: "by passphrase. Your records are safe. Use the recovery code.",
            RECOVERY: "by recovery code. Your records are safe. Use the passphrase.",
            KEYRING: "by this computer. Your records are safe. Use the passphrase.",
        }
        super().__init__(
            f"This practice is not set up to be opened {ways[kind]}", code=f"no-{kind}-slot"
        )


class KeyringLost(UserFacingError):
    """The slot exists but the OS key store holds nothing for it: new computer, or wiped."""

    code = "keyring-lost"

    def __init__(self) -> None:
        super().__init__(
            "This computer's key store no longer holds the key of this practice. Your records "
            "are safe. Unlock with your passphrase or recovery code; then it can be stored again."
        )


class KeyringMismatch(UserFacingError):
    """The key store's entry does not open the slot: another day's backup, or a changed entry."""

    code = "keyring-mismatch"

    def __init__(self) -> None:
        super().__init__(
            "What this computer's key store holds does not open this practice; it may come from "
            "another copy of it. Your records are safe. Unlock with your passphrase instead."
        )


class KdfOutOfBounds(UserFacingError):
    """The file asks for a key derivation that would exhaust this computer, or is no protection."""

    code = "kdf-out-of-bounds"

    def __init__(self) -> None:
        super().__init__(
            f"The key file {NAME} asks for more work than a computer can do, so it was "
            f"changed by something else. Your records are untouched. Copy {NAME} back from "
            "your newest backup."
        )


class KeyslotsExist(UserFacingError):
    """A practice lives in the folder already; its keys are never written over."""

    code = "keyslots-exist"

    def __init__(self) -> None:
        super().__init__(
            "This folder already holds the keys of a practice. Nothing was changed. Open that "
            "practice, or choose another folder."
        )


class OtherPractice(UserFacingError):
    """The open key is not the key of this folder."""

    code = "other-practice"

    def __init__(self) -> None:
        super().__init__(
            "The open practice and the one in this folder are not the same. Nothing was changed. "
            "Close the program and open the practice again."
        )
