# SPDX-License-Identifier: MIT
"""Secret keys: whose account, which mode, and what a restricted key may do.

A restricted key has none, read or write for each resource, write including read
(docs.stripe.com/keys/restricted-api-keys). A key nobody registered works for the sandbox's own
account when it looks like a test key; ``rk_test_readonly...`` may then only read.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from mediyn_desktop.sandbox.processor.errors import ApiError
from mediyn_desktop.sandbox.processor.idempotency import IdempotencyKeys
from mediyn_desktop.sandbox.processor.state import State

_LEVELS = {"none": 0, "read": 1, "write": 2}
RESOURCES = (
    "account",
    "balance",
    "balance_transactions",
    "charges",
    "checkout_sessions",
    "customers",
    "disputes",
    "events",
    "payment_intents",
    "payment_links",
    "payment_methods",
    "payouts",
    "refunds",
    "setup_intents",
)


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its objects, and the idempotency keys it has seen."""

    state: State
    idempotency: IdempotencyKeys


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One secret key. ``permissions`` is ``None`` for a key that may do everything."""

    secret: str
    account: str
    permissions: dict[str, str] | None = None
    livemode: bool = False

    def may(self, method: str, resource: str) -> bool:
        """Tell whether this key may read (GET) or change a resource."""
        if self.permissions is None:
            return True
        needed = "read" if method == "GET" else "write"
        return _LEVELS[self.permissions.get(resource, "none")] >= _LEVELS[needed]

    def check(self, method: str, resource: str, *, executed: bool = False) -> None:
        """Refuse what the key may not do; ``executed`` says that the call has been carried out.

        Raises:
            ApiError: 403, naming the missing permission.
        """
        if not self.may(method, resource):
            needed = "read" if method == "GET" else "write"
            raise ApiError(
                403,
                f"The key {self.shown()} lacks the permission rak_{resource.rstrip('s')}_{needed} "
                f"that this call needs on account {self.account}.",
                executed=executed,
            )

    def shown(self) -> str:
        """Return the key as a message may show it."""
        return shown(self.secret)


def shown(secret: str) -> str:
    """Return a secret key as a message may show it."""
    return f"{secret[:8]}****{secret[-4:]}"


def shown_key(authorization: str | None) -> str | None:
    """Return the key of a request as a message may show it."""
    secret = _secret_in(authorization)
    return None if secret is None else shown(secret)


def resource_of(path: str) -> str:
    """Return the resource an address belongs to, such as ``checkout_sessions``."""
    parts = path.removeprefix("/v1/").split("/")
    if parts[0] == "checkout":
        return "checkout_sessions"
    if parts[0] == "customers" and "payment_methods" in parts[2:]:
        return "payment_methods"
    return parts[0]


@dataclass(slots=True)
class KeyRing:
    """The keys and the accounts they open; ``own`` is the sandbox's own account.

    ``only_registered`` refuses every key that nobody registered, also one that looks like a test
    key.
    """

    own: Account
    only_registered: bool = False
    _keys: dict[str, ApiKey] = field(default_factory=dict)
    _others: dict[tuple[str, bool], Account] = field(default_factory=dict)

    def register(
        self,
        secret: str,
        *,
        permissions: dict[str, str] | None = None,
        account: str | None = None,
        livemode: bool = False,
    ) -> ApiKey:
        """Make a key known; an ``account`` of another name is another, empty one.

        Raises:
            ValueError: not a key of that mode, or no such resource or level.
        """
        mode = "live" if livemode else "test"
        if not re.fullmatch(rf"[sr]k_{mode}_\w+", secret):
            raise ValueError(f"not a {mode} key")
        for resource, level in (permissions or {}).items():
            if resource not in RESOURCES or level not in _LEVELS:
                raise ValueError(f"no such permission: {resource} {level}")
        mine = self.own.state.account["id"]
        key = ApiKey(secret, account or mine, permissions, livemode)
        if (key.account, livemode) != (mine, self.own.state.livemode):
            self._open(key)
        self._keys[secret] = key
        return key

    def _open(self, key: ApiKey) -> None:
        base = self.own.state
        if (key.account, key.livemode) not in self._others:
            state = State(base.clock, account_id=key.account, livemode=key.livemode)
            state.page_base = base.page_base
            other = Account(state, IdempotencyKeys(base.clock))
            self._others[key.account, key.livemode] = other

    def registered(self) -> list[ApiKey]:
        """Return the registered keys."""
        return list(self._keys.values())

    def find(self, authorization: str | None) -> ApiKey:
        """Return the key a request came with.

        Raises:
            ApiError: 401, there is none, it is no key, or it was revoked.
        """
        secret = _secret_in(authorization)
        if secret is None:
            raise ApiError(401, "You did not provide an API key in the Authorization header.")
        if secret not in self.own.state.revoked_keys:
            if secret in self._keys:
                return self._keys[secret]
            if not self.only_registered and re.fullmatch(r"[sr]k_test_\w+", secret):
                reads = dict.fromkeys(RESOURCES, "read")
                only = reads if secret.startswith("rk_test_readonly") else None
                return ApiKey(secret, self.own.state.account["id"], only)
        raise ApiError(401, f"Invalid API Key provided: {shown(secret)}")

    def account_of(self, key: ApiKey) -> Account:
        """Return the account a key opens."""
        return self._others.get((key.account, key.livemode), self.own)


def _secret_in(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme == "Basic":
        try:
            value = base64.b64decode(value, validate=True).decode("ascii").partition(":")[0]
        except ValueError:
            return None
    return value if scheme in ("Basic", "Bearer") and value else None
