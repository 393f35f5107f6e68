# SPDX-License-Identifier: MIT
"""Every setting, declared once: its key, default, check and documentation.

A secret is a setting whose value is kept apart and never shown; only whether it is set can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.store import clearinghouse_settings, sides
from mediyn_desktop.store.setting import Setting
from mediyn_desktop.store.setting import api_base as _api_base
from mediyn_desktop.store.setting import flag as _flag
from mediyn_desktop.store.setting import folder as _folder
from mediyn_desktop.store.setting import one_of as _one_of
from mediyn_desktop.store.setting import text as _text
from mediyn_desktop.store.setting import whole as _whole
from mediyn_desktop.store.tables import SecretRow, SettingRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

T = TypeVar("T")

CLEARINGHOUSE_KIND = clearinghouse_settings.CLEARINGHOUSE_KIND
CLEARINGHOUSE_OUT = clearinghouse_settings.CLEARINGHOUSE_OUT
CLEARINGHOUSE_IN = clearinghouse_settings.CLEARINGHOUSE_IN
CLEARINGHOUSE_USAGE = clearinghouse_settings.CLEARINGHOUSE_USAGE
CLEARINGHOUSE_SENDER_ID = clearinghouse_settings.CLEARINGHOUSE_SENDER_ID
CLEARINGHOUSE_RECEIVER_ID = clearinghouse_settings.CLEARINGHOUSE_RECEIVER_ID
CLEARINGHOUSE_RECEIVER_NAME = clearinghouse_settings.CLEARINGHOUSE_RECEIVER_NAME
CLAIMS_ONLY_WARN = clearinghouse_settings.CLAIMS_ONLY_WARN


class UnknownSetting(UserFacingError):
    """No setting has that key."""

    code = "unknown-setting"


class BadSetting(UserFacingError):
    """The value does not fit the setting."""

    code = "bad-setting"


def _zone(text: str) -> str:
    if text.strip() not in available_timezones():
        raise ValueError("write a time zone such as America/New_York")
    ZoneInfo(text.strip())
    return text.strip()


def _descriptor(text: str) -> str:
    bare = text.strip()
    if bare and (
        not 1 <= len(bare) <= 22
        or not bare.isascii()
        or not any(c.isalpha() for c in bare)
        or any(c in "<>\\'\"*" for c in bare)
    ):
        raise ValueError("write up to 22 plain letters, with no < > \\ ' \" or *")
    if bare and not re.fullmatch(r"[A-Za-z0-9 .,&/+-]+", bare):
        raise ValueError("write letters, digits, spaces and . , & / + - only")
    word = clinical_word(bare)
    if word is not None:
        raise ValueError(f"“{word}” would tell others about your clients' care")
    return bare


def _neutral(text: str) -> str:
    word = clinical_word(text)
    if word is not None:
        raise ValueError(f"“{word}” would tell others about your clients' care")
    return " ".join(text.split())


def _stripe_key(text: str) -> str:
    bare = text.strip()
    if not bare.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")) or not (
        bare.replace("_", "").isalnum() and bare.isascii()
    ):
        raise ValueError("a secret key begins with sk_ or rk_, then live_ or test_")
    return bare


STRIPE_API_BASE = Setting(
    "stripe.api_base",
    "",
    _api_base,
    "Where the card processor is asked. Blank means Stripe itself. An address on this computer is "
    "used for training.",
)
STRIPE_KEY = Setting(
    "stripe.key",
    "",
    _stripe_key,
    "Your Stripe secret key. A restricted key is enough. It is kept in the encrypted practice and "
    "never shown.",
    secret=True,
)
STRIPE_REFUND_KEY = Setting(
    "stripe.refund_key",
    "",
    _stripe_key,
    "A second, restricted Stripe key that may make refunds. It is used only when you give your "
    "passphrase for a refund; charges never use it.",
    secret=True,
)
STRIPE_DESCRIPTOR = Setting(
    "stripe.descriptor_suffix",
    "",
    _descriptor,
    "Words added to your name on a client's card statement. Keep them neutral; blank adds nothing.",
)
STRIPE_ACCOUNT = Setting(
    "stripe.account", "", _text, "The processor's account and mode first used.", internal=True
)
CARDS_CAP_PER_CHARGE = Setting(
    "cards.cap_per_charge_cents",
    100_000,
    _whole(100, 100_000_000),
    "The most a single card charge may be, in cents. Anything above waits for you.",
)
CARDS_CAP_PER_DAY = Setting(
    "cards.cap_per_day_cents",
    1_000_000,
    _whole(100, 1_000_000_000),
    "The most all card charges of one day may be, in cents.",
)
CARDS_OLDEST_DAYS = Setting(
    "cards.oldest_days",
    60,
    _whole(1, 3660),
    "Days after a session until which its balance may be charged in a batch by itself. Anything "
    "older is charged only when you name it.",
)
CARDS_CONSENT_OWN = Setting(
    "cards.consent_words",
    "",
    _neutral,
    "Words of your own under the consent a client gives when saving a card. Blank adds nothing.",
)
DAYCLOSE_AUTO = Setting(
    "dayclose.auto",
    False,
    _flag,
    "Close the day without asking, when the program runs in the evening. Off by default.",
)
DAYCLOSE_FOLDER = Setting(
    "dayclose.folder",
    "",
    _folder,
    "The folder the window saves superbills and day reports in. Blank: it asks.",
)
BILLING_SLIDING = Setting(
    "billing.sliding",
    "net",
    _one_of("net", "gross"),
    "How a sliding-scale fee stands in the books: net charges the agreed amount, gross charges the "
    "list fee and writes the difference off in the same step.",
)
BILLING_BEFORE_INSURER = Setting(
    "billing.before_insurer",
    "copay",
    _one_of("copay", "estimate"),
    "What a client with insurance may be asked for before the insurer has answered: the copay and "
    "nothing more, or what you estimate as the client's share, set by hand for a session.",
)
POLICY_NOTICE_HOURS = Setting(
    "policy.notice_hours",
    24,
    _whole(0, 336),
    "Hours before a session's start until which a client may cancel without a fee.",
)
POLICY_FIRST_WAIVED = Setting(
    "policy.first_waived",
    False,
    _flag,
    "Whether each client's first late cancellation or missed session is free.",
)
ALERTS_BALANCE = Setting(
    "alerts.balance_cents",
    20_000,
    _whole(0, 100_000_000),
    "Cents a client may owe before an alert asks to talk about it.",
)
ALERTS_BALANCE_DAYS = Setting(
    "alerts.balance_days",
    60,
    _whole(1, 3660),
    "Days after a session from which on what a client still owes for it raises an alert.",
)
PRACTICE_TIMEZONE = Setting(
    "practice.timezone",
    "America/New_York",
    _zone,
    "Where the practice is; dates of service are this place's dates.",
)
UI_SCHEME = Setting(
    "ui.scheme", "system", _one_of("system", "light", "dark"), "Light, dark, or as the system."
)
LOCK_IDLE_MINUTES = Setting(
    "lock.idle_minutes",
    10,
    _whole(1, 240),
    "Minutes without a key or click before the window locks.",
)
BACKUP_FOLDER = Setting("backup.folder", "", _folder, "Where backups are written.")
BACKUP_LAST_AT = Setting(
    "backup.last_at", "", _text, "When the last verified backup was made.", internal=True
)
DEMO_SAMPLE_DATA = Setting(
    "demo.sample_data", False, _flag, "Whether the people here are made up.", internal=True
)
TRAINING_PRACTICE = Setting(
    "training.practice", False, _flag, "Whether this practice is for training only.", internal=True
)

_DECLARED: tuple[Setting[Any], ...] = (
    STRIPE_API_BASE,
    STRIPE_KEY,
    STRIPE_REFUND_KEY,
    STRIPE_DESCRIPTOR,
    STRIPE_ACCOUNT,
    CARDS_CAP_PER_CHARGE,
    CARDS_CAP_PER_DAY,
    CARDS_OLDEST_DAYS,
    CARDS_CONSENT_OWN,
    *clearinghouse_settings.ALL,
    DAYCLOSE_AUTO,
    DAYCLOSE_FOLDER,
    BILLING_SLIDING,
    BILLING_BEFORE_INSURER,
    POLICY_NOTICE_HOURS,
    POLICY_FIRST_WAIVED,
    ALERTS_BALANCE,
    ALERTS_BALANCE_DAYS,
    PRACTICE_TIMEZONE,
    UI_SCHEME,
    LOCK_IDLE_MINUTES,
    BACKUP_FOLDER,
    BACKUP_LAST_AT,
    DEMO_SAMPLE_DATA,
    TRAINING_PRACTICE,
)
ALL = {setting.key: setting for setting in _DECLARED}


def get(read: Reading, setting: Setting[T]) -> T:
    """Return the value of ``setting``, or its default; a secret is read with ``read_secret``."""
    assert not setting.secret
    text = read.session.scalar(select(SettingRow.value).where(SettingRow.key == setting.key))
    return setting.default if text is None else setting.parse(text)


def set_value(uow: UnitOfWork, key: str, text: str) -> None:
    """Set the setting ``key`` from ``text``; a blank secret is forgotten.

    Raises:
        UnknownSetting, BadSetting: nothing was changed.
        OtherSide: it would mix training and real; to be let through, so that nothing is kept.
    """
    setting = _declared(key)
    if setting.secret and not text.strip():
        uow.session.execute(delete(SecretRow).where(SecretRow.name == key))
        uow.changed("setting", key)
        return
    try:
        value = setting.parse(text)
    except ValueError as error:
        shown = "That value" if setting.secret else f"“{text}”"
        raise BadSetting(
            f"{shown} does not fit {key}: {error}. The setting was not changed."
        ) from None
    if setting.secret:
        uow.session.merge(SecretRow(name=key, value=str(value).encode()))
    else:
        kept = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        uow.session.merge(SettingRow(key=key, value=kept))
    uow.session.flush()
    if key in sides.WATCHED:
        keep_sides_apart(uow)
    uow.changed("setting", key)


def keep_sides_apart(read: Reading) -> None:
    """Refuse a training practice that would use something real, and the reverse.

    Raises:
        OtherSide: see ``sides``; nothing was sent.
    """

    def value(key: str) -> str:
        setting = _declared(key)
        if setting.secret:
            return read_secret(read, key) or ""
        return str(get(read, setting))

    sides.keep_apart(value, training=get(read, TRAINING_PRACTICE))


def read_secret(read: Reading, name: str) -> str | None:
    """Return the secret ``name``, for the one place that uses it; never for showing."""
    value = read.session.scalar(select(SecretRow.value).where(SecretRow.name == name))
    return value.decode() if value is not None else None


def show(read: Reading, key: str | None = None) -> list[dict[str, str]]:
    """Return key, value and documentation of every setting, or of one; secrets are masked."""
    chosen: Iterable[Setting[Any]] = (
        [_declared(key)] if key else [one for one in ALL.values() if not one.internal]
    )
    return [{"key": one.key, "value": _shown(read, one), "doc": one.doc} for one in chosen]


def _declared(key: str) -> Setting[Any]:
    if key not in ALL:
        raise UnknownSetting(
            f"There is no setting “{key}”. Nothing was changed. “mediyn settings” lists them all."
        )
    return ALL[key]


def _shown(read: Reading, setting: Setting[Any]) -> str:
    if setting.secret:
        return "set" if read_secret(read, setting.key) else "not set"
    value = get(read, setting)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
