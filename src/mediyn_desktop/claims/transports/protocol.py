# SPDX-License-Identifier: MIT
"""What every way to a clearinghouse promises, and the ends a hand-over can have.

A hand-over ends in exactly one of four ways: it was taken (``Receipt``), it was certainly not taken
(``Offline``, ``NotAllowed``, ``MailboxTrouble``), the clearinghouse read it and refused it
(``FileRefused``), or nobody knows (``OutcomeUnknown``). Nothing else is raised on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from mediyn_desktop.core.errors import UserFacingError

SHORT_OF_READY = (".tmp", ".part", ".filepart", ".partial", ".crdownload")


class Offline(UserFacingError):
    """Nobody answered; nothing was handed over. It goes well later by itself."""

    code = "clearinghouse-offline"


class NotAllowed(UserFacingError):
    """The clearinghouse, or this program, refused the connection; nothing was handed over."""

    code = "clearinghouse-refused-login"


class HostKeyUnknown(NotAllowed):
    """No key of this server is pinned yet; ``host_key`` is what it showed."""

    code = "host-key-unknown"

    def __init__(self, host: str, host_key: str) -> None:
        super().__init__(
            f"The server {host} has not been confirmed yet. Nothing was sent, not even your "
            f"password. It shows the key “{host_key}”. Compare it with what the clearinghouse "
            "publishes, then accept it in the connection test."
        )
        self.host_key = host_key


class HostKeyChanged(NotAllowed):
    """The server shows another key than the pinned one."""

    code = "host-key-changed"

    def __init__(self, host: str, pinned: str, shown: str) -> None:
        super().__init__(
            f"The server {host} shows another key than the one you accepted. It may be another "
            "computer that pretends to be your clearinghouse. Nothing was sent, not even your "
            f"password, and your claims stay queued. Accepted: “{pinned}”. Shown now: “{shown}”. "
            "Ask the clearinghouse by telephone whether they changed it before you accept it."
        )
        self.host_key = shown


class MailboxTrouble(UserFacingError):
    """The mailbox could not take the file, or its name is taken; nothing was handed over."""

    code = "clearinghouse-mailbox"


class OutcomeUnknown(UserFacingError):
    """The connection ended when the file may just have been taken; it must be looked up."""

    code = "delivery-unknown"


class FileRefused(UserFacingError):
    """The clearinghouse read the file and refused it at once; none of its claims was filed."""

    code = "file-refused"

    def __init__(self, message: str, *, reasons: tuple[str, ...] = (), answer: bytes = b"") -> None:
        super().__init__(message)
        self.reasons = reasons
        self.answer = answer  # raw X12 that came with the refusal


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file as it travels. ``key`` names the hand-over: the same key, the same file."""

    name: str
    content: bytes
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The file was taken. ``answer`` is raw X12 that came back at once, if any did."""

    place: str  # with the file's name, as people look for it
    number: str = ""  # the clearinghouse's own, where it gives one
    answer: bytes = b""


class Found(StrEnum):
    """What a look-up found of a file whose hand-over was interrupted."""

    THERE = "there"  # whole, under its name
    STAGED = "staged"  # whole, under a name that means "not yet"
    ABSENT = "absent"  # no trace: never sent, or already collected by the clearinghouse
    OTHER = "other"  # another file has its name
    CANNOT_LOOK = "cannot-look"  # this way offers no look


@dataclass(frozen=True, slots=True)
class Item:
    """One file that waits for us, as the mailbox lists it."""

    name: str
    size: int
    modified: str  # as the mailbox says it; compared, never understood

    @property
    def key(self) -> str:
        """What tells this state of this file from every other."""
        return f"{self.name}|{self.size}|{self.modified}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A fetched file, or the reason why it was left where it is."""

    item: Item
    content: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a connection test, in plain words."""

    label: str
    ok: bool
    sentence: str


class Transport(Protocol):
    """A way to a clearinghouse. Used as a context manager; connects when first needed."""

    kind: str
    """``folder``, ``sftp`` or ``https``."""

    place: str
    """Where it leads, without any secret; a file is looked up where it was sent."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def close(self) -> None:
        """Hang up; nothing of the connection is left."""
        ...

    def may_repeat(self, since: timedelta) -> bool:
        """Whether handing the same parcel over again after ``since`` cannot file it twice."""
        ...

    def find(self, parcel: Parcel) -> Found:
        """Look up a parcel whose hand-over was interrupted."""
        ...

    def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
        """Hand ``parcel`` over.

        ``point_of_no_return`` is called right before the one step after which the clearinghouse
        may take the file; whatever happens before it has certainly not handed it over.

        Raises:
            Offline, NotAllowed, MailboxTrouble, FileRefused: certainly not taken.
            OutcomeUnknown: look it up before anything is sent again.
        """
        ...

    def collect(self, known: Callable[[Item], bool], cursor: str) -> Iterator[Arrival | str]:
        """Yield every waiting file that is not ``known``; a ``str`` is the new cursor.

        What was yielded before a cursor need not be asked for again once it is stored.
        """
        ...

    def discard(self, item: Item) -> bool:
        """Remove a stored file from the mailbox, if it is still ``item``; whether it was."""
        ...

    def check(self) -> Iterator[Step]:
        """Try everything but a hand-over, one step at a time; stops at the first that fails."""
        ...


class ClosedAfterUse:
    """What every way inherits: ``with way:`` closes it, however the block ends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; nothing of the connection is left."""


def ready(name: str) -> bool:
    """Whether a file with this name is complete by custom; hidden and partial names are not."""
    return not name.startswith(".") and not name.lower().endswith(SHORT_OF_READY)


def too_large(item: Item) -> Arrival:
    """Return the arrival of a file that is too large to be an answer; it stays where it is."""
    return Arrival(
        item,
        problem=f"It has {item.size // (1024 * 1024):,} MB, far more than an answer can have. It "
        "was left where it is. Ask the clearinghouse what it is.",
    )
