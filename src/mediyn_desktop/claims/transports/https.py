# SPDX-License-Identifier: MIT
"""Raw X12 over HTTPS: ``{"x12": "ISA*..."}`` is posted, and the answer says at once what is wrong.

Answers that come later are fetched from a list that is asked page by page. The only door to
``requests``: no redirect is followed with the key in hand, nothing is read from the environment
(a ``.netrc`` would replace the key), and certificates are always checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from mediyn_desktop.claims.transports.profiles import HttpsProfile
from mediyn_desktop.claims.transports.protocol import (
    Arrival,
    ClosedAfterUse,
    FileRefused,
    Found,
    Item,
    MailboxTrouble,
    NotAllowed,
    Offline,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Step,
    too_large,
)
from mediyn_desktop.claims.x12.containers import LARGEST_FILE

_PAGE = 100
_MOST_PAGES = 500
_NUMBERS = ("transactionId", "correlationId", "id", "reference")


class HttpsTransport(ClosedAfterUse):
    """The clearinghouse of ``profile``. ``since`` is where a first collection begins (ISO 8601)."""

    kind = "https"

    def __init__(self, profile: HttpsProfile, *, since: str = "") -> None:
        self._profile = profile
        self._since = since
        self._session = requests.Session()
        self._session.trust_env = False
        parts = urlsplit(profile.claims_url or profile.eligibility_url or profile.answers_url)
        self._host = parts.hostname or ""
        self.place = f"{parts.scheme}://{parts.netloc}{parts.path}"

    def close(self) -> None:
        """Close this way's connections."""
        self._session.close()

    def may_repeat(self, since: timedelta) -> bool:
        """Within the time the clearinghouse takes one key for one file only."""
        return since < timedelta(hours=self._profile.repeat_hours)

    def find(self, parcel: Parcel) -> Found:
        """Never: a posted file can be asked for again under its key, but not looked at."""
        return Found.CANNOT_LOOK

    def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
        if not self._profile.claims_url:
            raise MailboxTrouble(
                "No address for claims is set. Nothing was sent; the claims stay queued. Enter "
                "clearinghouse.https_claims_url in the settings."
            )
        point_of_no_return()
        status, body = self._post(self._profile.claims_url, parcel.content, parcel.key)
        answer = _document(body)
        if 200 <= status < 300 and answer is not None:
            return Receipt(self.place, _number(answer), _x12(answer))
        if status in (400, 413, 422):
            raise _refusal(answer)
        self._refuse_status(status)
        raise OutcomeUnknown(
            f"The clearinghouse answered {status} instead of a receipt, so nobody knows whether "
            f"{parcel.name} was taken. Nothing is sent twice: it is looked up first."
        )

    def ask(self, content: bytes, key: str) -> bytes:
        """Return the raw X12 answer to a question, such as the 271 to a 270.

        Asking twice does no harm.

        Raises:
            Offline, NotAllowed, MailboxTrouble, FileRefused: no answer, and why.
        """
        if not self._profile.eligibility_url:
            raise MailboxTrouble(
                "No address for eligibility is set, so nobody was asked. Enter "
                "clearinghouse.https_eligibility_url in the settings, or ask by telephone."
            )
        try:
            status, body = self._post(self._profile.eligibility_url, content, key)
        except OutcomeUnknown:
            raise self._silent() from None
        answer = _document(body)
        found = _x12(answer or {})
        if 200 <= status < 300 and found:
            return found
        if status in (400, 413, 422):
            raise _refusal(answer)
        self._refuse_status(status)
        raise self._silent()

    def collect(self, known: Callable[[Item], bool], cursor: str) -> Iterator[Arrival | str]:
        if not self._profile.answers_url:
            return
        for _ in range(_MOST_PAGES):
            asked = {"pageSize": str(_PAGE)}
            asked |= {"pageToken": cursor} if cursor else {"startDateTime": self._since}
            page = self._page(asked)
            rows = page.get("items")
            rows = rows if isinstance(rows, list) else []
            for row in rows:
                yield from self._arrival(row, known)
            token = page.get("nextPageToken")
            if isinstance(token, str) and token:
                cursor = token
                yield cursor
            if not rows or not token:
                return

    def discard(self, item: Item) -> bool:
        """Never: the clearinghouse keeps its own list."""
        return False

    def check(self) -> Iterator[Step]:
        answers = self._profile.answers_url
        try:
            status, _ = self._get(
                answers or self._profile.claims_url,
                {"pageSize": "1", "startDateTime": self._since} if answers else {},
            )
        except (Offline, NotAllowed, MailboxTrouble) as error:
            yield Step("Server", False, error.message)
            return
        yield Step("Server", True, f"{self._host} answers, and its certificate is good.")
        if not answers:
            yield Step("Key", True, "It is tried with the first file; there is no harmless call.")
            return
        try:
            self._refuse_status(status)
        except (Offline, NotAllowed, MailboxTrouble) as error:
            yield Step("Key", False, error.message)
            return
        good = 200 <= status < 300
        yield Step(
            "Key", good, "It is accepted." if good else f"The list of answers said {status}."
        )

    def _page(self, asked: dict[str, str]) -> dict[str, Any]:
        status, body = self._get(self._profile.answers_url, asked)
        page = _document(body)
        if 200 <= status < 300 and page is not None:
            return page
        self._refuse_status(status)
        raise self._silent()

    def _arrival(self, row: Any, known: Callable[[Item], bool]) -> Iterator[Arrival]:
        if not isinstance(row, dict) or row.get("direction") != "INBOUND":
            return
        for part in row.get("artifacts") or []:
            if not isinstance(part, dict) or part.get("artifactType") != "application/edi-x12":
                continue
            size = part.get("sizeBytes")
            item = Item(
                str(row.get("transactionId", ""))[:120],
                size if isinstance(size, int) else 0,
                str(row.get("processedAt", ""))[:40],
            )
            if known(item):
                return
            if item.size > LARGEST_FILE:
                yield too_large(item)
                return
            yield self._fetch(item, str(part.get("url", "")))
            return

    def _fetch(self, item: Item, url: str) -> Arrival:
        if urlsplit(url)[:2] != urlsplit(self._profile.answers_url)[:2]:
            # The key goes to the one server it was given for.
            return Arrival(item, problem="Its address leads to another server; it was not fetched.")
        status, body = self._get(url, {})
        if not 200 <= status < 300:
            self._refuse_status(status)
            return Arrival(item, problem=f"It could not be fetched (the server said {status}).")
        if len(body) > LARGEST_FILE:
            return too_large(Item(item.name, len(body), item.modified))
        return Arrival(item, body)

    def _post(self, url: str, content: bytes, key: str) -> tuple[int, bytes]:
        body = json.dumps({"x12": content.decode("ascii")}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._call("POST", url, headers, data=body)

    def _get(self, url: str, asked: dict[str, str]) -> tuple[int, bytes]:
        try:
            status, body = self._call("GET", url, {}, params=asked)
        except OutcomeUnknown:
            raise self._silent() from None
        return status, body

    def _call(
        self, method: str, url: str, headers: dict[str, str], **more: Any
    ) -> tuple[int, bytes]:
        """Return the status and the body; following at most one redirect, and that without key."""
        headers = {**headers, self._profile.key_header: self._profile.key}
        try:
            with self._exchange(method, url, headers, **more) as answer:
                if method != "GET" or answer.status_code not in (302, 303, 307):
                    return answer.status_code, self._body(answer)
                elsewhere = answer.headers.get("Location", "")
            if not elsewhere.startswith("https://"):
                return answer.status_code, b""
            with self._exchange("GET", elsewhere, {}) as answer:
                return answer.status_code, self._body(answer)
        except requests.exceptions.SSLError:
            raise NotAllowed(
                f"{self._host} could not prove that it is your clearinghouse (its certificate is "
                "not good). Nothing was sent. If you are in a hotel or an office network, try "
                "from another; otherwise ask the clearinghouse.",
                code="certificate-refused",
            ) from None
        except requests.exceptions.ConnectTimeout:
            raise self._nobody() from None
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise self._nobody() from None
            raise self._unknown() from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            raise self._unknown() from None

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], **more: Any
    ) -> requests.Response:
        return self._session.request(
            method,
            url,
            headers=headers,
            timeout=(min(10.0, self._profile.timeout), self._profile.timeout),
            allow_redirects=False,
            stream=True,
            **more,
        )

    @staticmethod
    def _body(answer: requests.Response) -> bytes:
        parts: list[bytes] = []
        held = 0
        for part in answer.iter_content(65_536):
            parts.append(part)
            held += len(part)
            if held > LARGEST_FILE:
                break
        return b"".join(parts)

    def _refuse_status(self, status: int) -> None:
        """Raise what a status says for certain; return where it says nothing."""
        if status in (401, 403):
            raise NotAllowed(
                f"{self._host} refused your key. Nothing was taken; the claims stay queued. Enter "
                "a valid key in the settings."
            )
        if status == 429:
            raise Offline(
                f"{self._host} is busy and asks to wait. Nothing was taken; what waits is tried "
                "again by itself."
            )
        if 300 <= status < 400 or status in (404, 405, 410):
            raise MailboxTrouble(
                f"There is nothing at the address that was entered for {self._host} (it said "
                f"{status}). Nothing was taken; the claims stay queued. Check the address."
            )

    def _nobody(self) -> Offline:
        return Offline(
            f"{self._host} cannot be reached. Nothing was sent; what waits stays queued and goes "
            "when the connection is back."
        )

    def _silent(self) -> Offline:
        return Offline(f"{self._host} gave no usable answer. Nothing was lost; it is asked again.")

    def _unknown(self) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"The connection to {self._host} ended before a receipt came, so nobody knows yet "
            "whether the file was taken. Nothing is sent twice: it is looked up first."
        )


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Whether no byte can have left: the name was not found or the connection was not made."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(
        reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    )


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _x12(answer: dict[str, Any]) -> bytes:
    text = answer.get("x12")
    return text.encode("utf-8", "replace") if isinstance(text, str) else b""


def _number(answer: dict[str, Any]) -> str:
    """The clearinghouse's own number of what it took, where it gives one."""
    inner = answer.get("claimReference")
    for place in (answer, inner if isinstance(inner, dict) else {}):
        for name in _NUMBERS:
            if isinstance(place.get(name), (str, int)):
                return str(place[name])[:120]
    return ""


def _refusal(answer: dict[str, Any] | None) -> FileRefused:
    rows = (answer or {}).get("errors")
    reasons = []
    for row in rows if isinstance(rows, list) else []:
        told = row
        if isinstance(row, dict):
            told = row.get("description") or row.get("message") or row.get("code")
        if isinstance(told, str) and told.strip():
            reasons.append(told.strip()[:500])
    said = (answer or {}).get("message")
    if not reasons and isinstance(said, str) and said.strip():
        reasons.append(said.strip()[:500])
    words = " ".join(reasons) or "It gave no reason."
    return FileRefused(
        f"The clearinghouse refused the file at once: {words} Nothing of it was filed.",
        reasons=tuple(reasons[:50]),
        answer=_x12(answer or {}),
    )
