# SPDX-License-Identifier: MIT
"""The remote anchor: metadata on one customer object that is no client.

It says which installation last charged here and how far its ledger had come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.outcomes import OutcomeUnknown, Refused


@dataclass(frozen=True, slots=True)
class RemoteAnchor:
    """Installation, epoch and sequence as the processor keeps them; ``id`` is the customer's."""

    id: str
    install: str
    epoch: int
    seq: int
    token: str

    def as_metadata(self) -> dict[str, str]:
        """What is written on the customer."""
        return {
            "anchor": "1",
            "install": self.install,
            "epoch": str(self.epoch),
            "seq": str(self.seq),
            "token": self.token,
        }


class Anchors:
    """Reads and writes the anchor. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, customer: str) -> RemoteAnchor | None:
        """Return the anchor kept on ``customer``, or None where it was deleted or is none."""
        try:
            return self._connection.call(lambda v1: v1.customers.retrieve(customer), _anchor)
        except (Refused, OutcomeUnknown) as error:
            if self._connection.lacks(error):
                return None
            raise

    def find(self) -> list[RemoteAnchor]:
        """Return every anchor of this account, the newest customer first; the whole list is read.

        None at all where the server keeps no list of customers.
        """
        found: list[RemoteAnchor] = []
        try:
            for page in self._pages():
                found.extend(anchor for anchor in page if anchor is not None and anchor.install)
        except (Refused, OutcomeUnknown) as error:
            if not self._connection.lacks(error):
                raise
        return found

    def create(self, anchor: RemoteAnchor, *, key: str) -> RemoteAnchor | None:
        """Create the customer that is the anchor; None where the server has no customers."""
        params = {"metadata": anchor.as_metadata()}
        try:
            return self._connection.call(
                lambda v1: v1.customers.create(params, {"idempotency_key": key}), _anchor
            )
        except (Refused, OutcomeUnknown) as error:
            if self._connection.lacks(error):
                return None
            raise

    def write(self, anchor: RemoteAnchor, *, key: str) -> None:
        """Advance the anchor."""
        params = {"metadata": anchor.as_metadata()}
        self._connection.call(
            lambda v1: v1.customers.update(anchor.id, params, {"idempotency_key": key}), _anchor
        )

    def _pages(self) -> Iterator[list[RemoteAnchor | None]]:
        return self._connection.pages(lambda v1, asked: v1.customers.list(asked), _anchor, {})


def _anchor(answer: Any) -> RemoteAnchor | None:
    """Read an anchor strictly; None for a customer that is none or was deleted."""
    raw = answer.to_dict()
    if raw["object"] != "customer" or not str(raw["id"]).startswith("cus_"):
        raise ValueError("not a customer")
    metadata = {} if raw.get("deleted") else raw.get("metadata") or {}
    if metadata.get("anchor") != "1":
        return None
    return RemoteAnchor(
        id=str(raw["id"]),
        install=str(metadata["install"]),
        epoch=int(metadata["epoch"]),
        seq=int(metadata["seq"]),
        token=str(metadata["token"]),
    )
