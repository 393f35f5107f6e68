# SPDX-License-Identifier: MIT
"""One connection to the processor: the SDK with its retries off, guarded at both ends.

Going out, every request passes ``allowed``. Coming in, every answer is sorted: a value that was
read, a refusal that certainly did nothing, or ``OutcomeUnknown`` for any other exception, 5xx, 409,
or a body that is not the JSON it should be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stripe

from mediyn_desktop.cards.stripe_api.allowed import Role, allowed_headers, check_request
from mediyn_desktop.cards.stripe_api.outcomes import (
    Declined,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    TryLater,
)

API_VERSION = "2026-10-28.endive"
TIMEOUT = (5, 30)  # seconds to connect, seconds to answer
_CONNECTIONS = 16  # kept open; as many as there may be workers
_PAGE = 100  # the most the processor lists at once
_NOT_FOUND = 404
_TOO_MANY = 429
_OK = range(200, 300)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

T = TypeVar("T")


class Connection:
    """The SDK's client for one key, used by all threads; resources are built on ``call``."""

    def __init__(
        self, key: str, api_base: str | None, role: Role, *, strict: bool | None = None
    ) -> None:
        """Open nothing yet.

        Args:
            strict: want the processor's request id with every answer, as a captive portal has
                none. By default everywhere but on this computer, where no portal can stand between.
        """
        stripe.enable_telemetry = False
        base = (api_base or "").rstrip("/")
        self.role = role
        self.live_key = key.startswith(("sk_live_", "rk_live_"))
        if strict is None:
            strict = urlsplit(base).hostname not in _LOOPBACK
        self.strict = strict
        self._http = _Guarded(role, strict=strict)
        self.client: Any = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": base} if base else {},
            max_network_retries=0,
            http_client=self._http,
        )

    def close(self) -> None:
        """Close every connection that was kept open."""
        self._http.close()

    def lacks(self, error: Exception) -> bool:
        """Whether ``error`` says that there is no such thing, or no such address, on this server.

        A training server on this computer may say so without the processor's JSON.
        """
        if isinstance(error, OutcomeUnknown):
            return not self.strict and error.status == _NOT_FOUND
        return isinstance(error, Refused) and error.missing

    @property
    def server_time(self) -> datetime | None:
        """The processor's clock as of its last answer, UTC; None while it has told none."""
        return self._http.server_time

    def call(self, send: Callable[[Any], Any], read: Callable[[Any], T]) -> T:
        """Send one request through the SDK's ``v1`` and return what ``read`` makes of the answer.

        Raises:
            OutcomeUnknown, TryLater, KeyRefused, Refused, Declined.
        """
        with _sorted():
            return read(send(self.client.v1))

    def pages(
        self, send: Callable[[Any, Any], Any], read: Callable[[Any], T], params: Mapping[str, Any]
    ) -> Iterator[list[T]]:
        """Yield a list page by page; a list that breaks off raises, so nobody acts on half of it.

        Args:
            send: calls the resource's list with ``v1`` and the parameters.
            read: turns one raw object into a value; its ``id`` is the cursor.
        """
        asked: dict[str, Any] = {"limit": _PAGE, **params}
        while True:
            with _sorted():
                page = send(self.client.v1, asked)
                if page["object"] != "list" or not isinstance(page["has_more"], bool):
                    raise ValueError("not a list")
                raw = list(page.data)
                rows, more = [read(one) for one in raw], page["has_more"]
            if more and not rows:
                raise OutcomeUnknown("the processor announced more and sent none")
            yield rows
            if not more:
                return
            last = str(raw[-1]["id"])
            if asked.get("starting_after") == last:
                raise OutcomeUnknown("the processor's list goes in a circle")
            asked["starting_after"] = last


class _NoRequestId(OSError):
    """Something answered that is not the processor."""


class _Guarded(stripe.RequestsClient):
    """The SDK's transport: nothing passes that is not on the list, and no redirect is followed."""

    def __init__(self, role: Role, *, strict: bool) -> None:
        super().__init__(timeout=TIMEOUT)
        self._role = role
        self._strict = strict
        self.server_time: datetime | None = None
        # One pool for all threads and passes, instead of one for each thread that ever was.
        pool: Any = self.requests.Session()
        pool.max_redirects = 0
        pool.headers.clear()
        # With none of its own, the library would look for a login in the user's .netrc and put that
        # in place of the key.
        pool.auth = _as_it_is
        adapter = self.requests.adapters.HTTPAdapter(
            pool_connections=1, pool_maxsize=_CONNECTIONS, max_retries=0
        )
        pool.mount("https://", adapter)
        pool.mount("http://", adapter)
        self._pool = self._session = pool

    def request(  # type: ignore[override]  # the SDK's own subclasses differ from their base too
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        check_request(method, url, post_data, self._role)
        kept = allowed_headers(headers or {})
        content, status, answered = super().request(method, url, kept, post_data)
        if status in _OK and self._strict and "request-id" not in answered:
            raise _NoRequestId
        self.server_time = _server_time(answered) or self.server_time
        return content, status, answered

    def request_stream(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("nothing is streamed")

    def close(self) -> None:
        self._pool.close()


def _as_it_is(request: T) -> T:
    """Leave a request alone: the SDK has put the key into it."""
    return request


@contextlib.contextmanager
def _sorted() -> Iterator[None]:
    """Turn whatever the SDK raises into one of ``outcomes``."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(str(error.code)) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise KeyRefused(type(error).__name__) from None
    except stripe.RateLimitError:
        raise TryLater("rate limit") from None
    except stripe.InvalidRequestError as error:
        if error.http_status == _TOO_MANY:
            raise TryLater(str(error.code)) from None
        code, status = str(error.code or "invalid_request"), int(error.http_status or 400)
        raise Refused(code, _neutral(error), status) from None
    except stripe.IdempotencyError as error:
        raise Refused("idempotency_error", _neutral(error)) from None
    except stripe.StripeError as error:
        raise OutcomeUnknown(type(error).__name__, status=error.http_status) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # A body that is JSON but not what was asked for, or a transport error the SDK let through.
        raise OutcomeUnknown(type(error).__name__) from None


def _neutral(error: stripe.StripeError) -> str:
    """The processor's own sentence; it can name ids only, because only ids were sent."""
    return str(error.user_message or error.code or "refused")


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get("Date")
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
