# SPDX-License-Identifier: MIT
"""An SFTP mailbox: one folder takes claim files, another holds the answers.

A file is uploaded under a temporary name, its size compared, and only then renamed: the rename is
the one step after which the clearinghouse may take it. A mailbox that allows no renaming gets the
file under its name at once, and the first byte is that step.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta

from mediyn_desktop.claims.transports.profiles import SftpProfile
from mediyn_desktop.claims.transports.protocol import (
    Arrival,
    ClosedAfterUse,
    Found,
    HostKeyChanged,
    HostKeyUnknown,
    Item,
    MailboxTrouble,
    NotAllowed,
    Offline,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Step,
    ready,
    too_large,
)
from mediyn_desktop.claims.transports.ssh import (
    Lost,
    NotBegun,
    RemoteFile,
    SftpConnection,
    connect,
)
from mediyn_desktop.claims.x12.containers import LARGEST_FILE

_STAGED = ".tmp"


class SftpTransport(ClosedAfterUse):
    """The mailbox of ``profile``."""

    kind = "sftp"

    def __init__(self, profile: SftpProfile) -> None:
        self._profile = profile
        self._open: SftpConnection | None = None
        self.place = f"sftp://{profile.host}:{profile.port}/{profile.upload_folder.lstrip('/')}"

    def close(self) -> None:
        """Hang up; a later call connects anew."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def may_repeat(self, since: timedelta) -> bool:
        """Never: what is gone from a mailbox may have been collected."""
        return False

    def find(self, parcel: Parcel) -> Found:
        try:
            size = self._mailbox.size(self._final(parcel))
            if size == len(parcel.content):
                return Found.THERE
            if size is not None:
                # Without renaming, a smaller file under our name is our own unfinished upload.
                unfinished = not self._profile.rename and size < len(parcel.content)
                return Found.STAGED if unfinished else Found.OTHER
            if self._profile.rename and self._mailbox.size(self._staged(parcel)) is not None:
                return Found.STAGED
            return Found.ABSENT
        except Lost:
            raise self._lost_before() from None

    def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
        receipt = Receipt(f"{self.place}/{parcel.name}")
        match self.find(parcel):
            case Found.THERE:
                return receipt
            case Found.OTHER:
                raise MailboxTrouble(
                    f"The mailbox holds another file named {parcel.name}. It was left alone and "
                    "the claims stay queued. Ask the clearinghouse to clear the mailbox, or "
                    "change the name pattern in the settings."
                )
        if self._profile.rename:
            self._upload_and_rename(parcel, point_of_no_return)
        else:
            self._upload_at_once(parcel, point_of_no_return)
        return receipt

    def _upload_and_rename(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> None:
        staged = self._staged(parcel)
        try:
            self._mailbox.write(staged, parcel.content)
        except Lost:
            raise self._lost_before() from None
        except MailboxTrouble:
            # Half a file in a full mailbox is in the way of everything.
            with contextlib.suppress(Lost, MailboxTrouble):
                self._mailbox.remove(staged)
            raise
        point_of_no_return()
        try:
            self._mailbox.rename(staged, self._final(parcel))
        except Lost:
            raise self._lost_after(parcel) from None
        except MailboxTrouble:
            # Some servers answer "failure" and have done it: the staged file's being there tells.
            if self._still_staged(parcel):
                raise
            raise self._lost_after(parcel) from None

    def _still_staged(self, parcel: Parcel) -> bool:
        try:
            return self._mailbox.size(self._staged(parcel)) is not None
        except (Lost, MailboxTrouble):
            return False

    def _upload_at_once(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> None:
        point_of_no_return()
        try:
            self._mailbox.write(self._final(parcel), parcel.content)
        except NotBegun:
            raise
        except (Lost, MailboxTrouble):
            raise self._lost_after(parcel) from None

    def collect(self, known: Callable[[Item], bool], cursor: str) -> Iterator[Arrival | str]:
        try:
            for row in self._mailbox.list(self._profile.download_folder):
                if row.is_folder or not ready(row.name) or "/" in row.name:
                    continue
                item = _item(row)
                if known(item):
                    continue
                if row.size > LARGEST_FILE:
                    yield too_large(item)
                    continue
                yield from self._fetch(item)
        except Lost:
            raise Offline(
                "The connection to the clearinghouse ended while answers were fetched. What "
                "arrived is kept; the rest is fetched next time."
            ) from None

    def _fetch(self, item: Item) -> Iterator[Arrival]:
        try:
            content = self._mailbox.read(self._waiting(item), LARGEST_FILE)
        except MailboxTrouble as trouble:
            yield Arrival(item, problem=trouble.message)
            return
        if len(content) == item.size:  # else it is still being written; next time
            yield Arrival(item, content)

    def discard(self, item: Item) -> bool:
        try:
            rows = self._mailbox.list(self._profile.download_folder)
            if item not in (_item(row) for row in rows):
                return False
            return self._mailbox.remove(self._waiting(item))
        except Lost:
            raise self._lost_before() from None

    def check(self) -> Iterator[Step]:
        profile = self._profile
        try:
            mailbox = self._mailbox
        except (HostKeyUnknown, HostKeyChanged) as error:
            yield Step("Server", True, f"{profile.host}, port {profile.port}, answers.")
            yield Step("Server's key", False, error.message)
            return
        except Offline as error:
            yield Step("Server", False, error.message)
            return
        except NotAllowed as error:
            yield Step("Server", True, f"{profile.host}, port {profile.port}, answers.")
            yield Step("Server's key", True, "It is the key you accepted.")
            yield Step("User name and password", False, error.message)
            return
        yield Step("Server", True, f"{profile.host}, port {profile.port}, answers.")
        yield Step("Server's key", True, "It is the key you accepted.")
        yield Step("User name and password", True, f"“{profile.user}” is let in.")
        for label, folder in (
            ("Folder for claims", profile.upload_folder),
            ("Folder of answers", profile.download_folder),
        ):
            try:
                many = len(mailbox.list(folder))
            except MailboxTrouble as error:
                yield Step(label, False, error.message)
                return
            except Lost:
                yield Step(label, False, self._lost_before().message)
                return
            yield Step(label, True, f"“{folder}” can be opened; {many} files are in it.")

    @property
    def _mailbox(self) -> SftpConnection:
        if self._open is None:
            self._open = connect(self._profile)
        return self._open

    def _final(self, parcel: Parcel) -> str:
        return _join(self._profile.upload_folder, parcel.name)

    def _staged(self, parcel: Parcel) -> str:
        return self._final(parcel) + _STAGED

    def _waiting(self, item: Item) -> str:
        return _join(self._profile.download_folder, item.name)

    def _lost_before(self) -> Offline:
        self.close()
        return Offline(
            "The connection to the clearinghouse ended. Nothing was handed over; the claims stay "
            "queued and go when the connection is back."
        )

    def _lost_after(self, parcel: Parcel) -> OutcomeUnknown:
        self.close()
        return OutcomeUnknown(
            f"The connection ended while {parcel.name} was handed over, so nobody knows yet "
            "whether it arrived. Nothing is sent twice: the mailbox is looked into first."
        )


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _item(row: RemoteFile) -> Item:
    return Item(row.name, row.size, str(row.modified))
