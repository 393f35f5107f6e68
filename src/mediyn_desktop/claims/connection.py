# SPDX-License-Identifier: MIT
"""Which way to the clearinghouse is set: made ready from the settings, tested in plain steps."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.transports.presets import Preset
from mediyn_desktop.claims.transports.profiles import HttpsProfile, SftpProfile
from mediyn_desktop.claims.transports.protocol import (
    HostKeyChanged,
    HostKeyUnknown,
    Step,
    Transport,
)
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store import clearinghouse_settings as given
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

if TYPE_CHECKING:
    from mediyn_desktop.claims.transports.https import HttpsTransport

_FIRST_LOOK_BACK = timedelta(days=30)


class Asking(StrEnum):
    """How insurers are asked about coverage; ``clearinghouse.eligibility`` chooses."""

    AT_ONCE = "https"
    BY_MAIL = "mailbox"
    NOT = "none"


class NoClearinghouse(UserFacingError):
    """No way to a clearinghouse is set up yet."""

    code = "no-clearinghouse"


class NotThatKey(UserFacingError):
    """The server shows another key than the one to be accepted."""

    code = "host-key-differs"


def transport(read: Reading) -> Transport:
    """Return the way claims and answers travel, as the settings say; nothing is connected yet.

    Raises:
        NoClearinghouse: something it needs is not set.
        OtherSide: it belongs to training and the practice does not, or the reverse.
    """
    settings.keep_sides_apart(read)
    match settings.get(read, settings.CLEARINGHOUSE_KIND):
        case "sftp":
            return _sftp_transport(_sftp(read))
        case "https":
            profile = _https(read)
            _require(profile.claims_url, given.HTTPS_CLAIMS_URL.key)
            _require(profile.key, given.HTTPS_KEY.key)
            return _https_transport(read, profile)
        case _:
            out = settings.get(read, settings.CLEARINGHOUSE_OUT)
            if not out:
                raise NoClearinghouse(
                    "No clearinghouse folder is set. The claims stay queued. Set "
                    "clearinghouse.out, with clearinghouse.kind “folder”, or write them with "
                    "“mediyn claims export --out FOLDER”."
                )
            return FolderTransport(Path(out), _answers_folder(read))


def is_set_up(read: Reading) -> bool:
    """Whether a way to a clearinghouse is set up, as far as the settings tell."""
    try:
        transport(read)
    except NoClearinghouse:
        return False
    return True


def answers_transport(read: Reading) -> Transport | None:
    """Return the way answers come in, or None where they are imported by hand."""
    settings.keep_sides_apart(read)
    kind = settings.get(read, settings.CLEARINGHOUSE_KIND)
    if kind in ("folder", "sandbox"):
        folder = _answers_folder(read)
        return FolderTransport(None, folder) if folder is not None else None
    if kind == "https" and not settings.get(read, given.HTTPS_ANSWERS_URL):
        return None
    return transport(read) if is_set_up(read) else None


def eligibility_transport(read: Reading) -> HttpsTransport:
    """Return the way a 270 is asked and its 271 comes back at once, whatever way claims travel.

    Raises:
        NoClearinghouse: no address or key is set.
    """
    settings.keep_sides_apart(read)
    profile = _https(read)
    _require(profile.eligibility_url, given.HTTPS_ELIGIBILITY_URL.key)
    _require(profile.key, given.HTTPS_KEY.key)
    return _https_transport(read, profile)


def asking_way(read: Reading) -> Asking:
    """Return how insurers are asked about coverage, as the settings say.

    Raises:
        OtherSide: the way belongs to training and the practice does not, or the reverse.
    """
    settings.keep_sides_apart(read)
    chosen = settings.get(read, given.CLEARINGHOUSE_ELIGIBILITY)
    kind = settings.get(read, settings.CLEARINGHOUSE_KIND)
    profile = _https(read)
    if chosen in ("auto", "https") and profile.eligibility_url and profile.key:
        return Asking.AT_ONCE
    if chosen not in ("auto", "mailbox") or kind == "https" or not is_set_up(read):
        return Asking.NOT
    # Into a folder nobody reads answers from, a file is put only where a person chose so.
    answered = kind == "sftp" or _answers_folder(read) is not None
    return Asking.BY_MAIL if answered or chosen == "mailbox" else Asking.NOT


def test_connection(store: Store) -> list[Step]:
    """Try the way that is set up, without handing anything over; stops at what fails first."""
    with store.read() as read:
        try:
            way = transport(read)
        except NoClearinghouse as missing:
            return [Step("Settings", False, missing.message)]
    steps = [Step("Settings", True, "What this way needs is entered.")]
    with way:
        steps.extend(way.check())
    return steps


def shown_host_key(store: Store) -> str:
    """Return the key the SFTP server shows now: type and fingerprint. Nothing of ours is sent.

    Raises:
        UserFacingError: it cannot be reached, or it shows the accepted key already.
    """
    with store.read() as read:
        profile = _sftp(read, host_key="")
    with _sftp_transport(profile) as way:
        try:
            list(way.collect(lambda _: True, ""))
        except (HostKeyUnknown, HostKeyChanged) as shown:
            return shown.host_key
    raise NoClearinghouse("The server showed no key. Nothing was sent.")


def accept_host_key(store: Store, host_key: str) -> str:
    """Accept ``host_key`` after a person compared it, if the server shows that one right now.

    Raises:
        NotThatKey: it shows another; nothing was accepted.
    """
    shown = shown_host_key(store)
    if shown not in (host_key, f"{shown.partition(' ')[0]} {host_key}"):
        raise NotThatKey(
            f"The server shows “{shown}”, not the key you gave. Nothing was accepted. Compare it "
            "with what the clearinghouse publishes."
        )
    with store.write("Accept the clearinghouse's key") as uow:
        settings.set_value(uow, given.SFTP_HOST_KEY.key, shown)
    return shown


def apply_preset(uow: UnitOfWork, preset: Preset) -> None:
    """Copy what is known of a clearinghouse into the settings; keys and passwords stay as they are.

    Raises:
        BadSetting, UnknownSetting: the preset has a value that does not fit; nothing was changed.
    """
    for key, value in preset.settings.items():
        declared = settings.ALL.get(key)
        if declared is None or declared.secret or not key.startswith("clearinghouse."):
            raise settings.UnknownSetting(
                f"The preset “{preset.key}” names “{key}”, which a preset cannot set. Nothing was "
                "changed."
            )
        settings.set_value(uow, key, value)
    settings.set_value(uow, given.CLEARINGHOUSE_NAME.key, preset.name)
    # Another server, another key: the pinned one is not carried over.
    settings.set_value(uow, given.SFTP_HOST_KEY.key, "")


def _sftp(read: Reading, *, host_key: str | None = None) -> SftpProfile:
    secret = settings.read_secret
    profile = SftpProfile(
        host=settings.get(read, given.SFTP_HOST),
        port=settings.get(read, given.SFTP_PORT),
        user=settings.get(read, given.SFTP_USER),
        password=secret(read, given.SFTP_PASSWORD.key) or "",
        private_key=secret(read, given.SFTP_PRIVATE_KEY.key) or "",
        key_passphrase=secret(read, given.SFTP_KEY_PASSPHRASE.key) or "",
        host_key=settings.get(read, given.SFTP_HOST_KEY) if host_key is None else host_key,
        upload_folder=settings.get(read, given.SFTP_UPLOAD_FOLDER),
        download_folder=settings.get(read, given.SFTP_DOWNLOAD_FOLDER),
        rename=settings.get(read, given.SFTP_RENAME),
    )
    _require(profile.host, given.SFTP_HOST.key)
    _require(profile.user, given.SFTP_USER.key)
    _require(profile.password or profile.private_key, given.SFTP_PASSWORD.key)
    return profile


def _https(read: Reading) -> HttpsProfile:
    return HttpsProfile(
        claims_url=settings.get(read, given.HTTPS_CLAIMS_URL),
        eligibility_url=settings.get(read, given.HTTPS_ELIGIBILITY_URL),
        answers_url=settings.get(read, given.HTTPS_ANSWERS_URL),
        key=settings.read_secret(read, given.HTTPS_KEY.key) or "",
        key_header=settings.get(read, given.HTTPS_KEY_HEADER),
        repeat_hours=settings.get(read, given.HTTPS_REPEAT_HOURS),
    )


def _sftp_transport(profile: SftpProfile) -> Transport:
    # Its library takes a quarter of a second to load: only those who use it wait for it.
    from mediyn_desktop.claims.transports.sftp import SftpTransport  # noqa: PLC0415

    return SftpTransport(profile)


def _https_transport(read: Reading, profile: HttpsProfile) -> HttpsTransport:
    from mediyn_desktop.claims.transports.https import HttpsTransport  # noqa: PLC0415 (as above)

    since = (read.now - _FIRST_LOOK_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
    return HttpsTransport(profile, since=since)


def _answers_folder(read: Reading) -> Path | None:
    folder = settings.get(read, settings.CLEARINGHOUSE_IN)
    return Path(folder) if folder else None


def _require(value: str, key: str) -> None:
    if not value:
        raise NoClearinghouse(
            f"The setting {key} is needed to reach the clearinghouse and is not set. The claims "
            "stay queued. Enter it, or write the claims with “mediyn claims export --out FOLDER”."
        )
