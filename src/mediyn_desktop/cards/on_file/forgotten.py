# SPDX-License-Identifier: MIT
"""Cards saved on pages that this ledger does not remember, as after a restored backup.

A page carries our opaque mark and the client's customer; neither says what the client agreed to.
So such a card is put on file without any consent: the client is asked again, nothing is assumed.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from mediyn_desktop.cards.on_file.requests import customer_row
from mediyn_desktop.cards.on_file.saving import keep
from mediyn_desktop.cards.stripe_api import (
    MethodRead,
    OutcomeUnknown,
    Refused,
    SetupPage,
    SetupRead,
    StripeApi,
)
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PageHeard:
    """A page, whose customer it is by our ``mark``, and what was saved on it where it is over."""

    page: SetupPage
    mark: str | None
    setup: SetupRead | None = None
    method: MethodRead | None = None


def hear_page(api: StripeApi, page: SetupPage, marks: MutableMapping[str, str | None]) -> PageHeard:
    """Read what belongs to a page; ``marks`` remembers customers that were read already.

    Raises: see ``stripe_api.outcomes``.
    """
    customer = page.customer or ""
    if customer not in marks:
        found = api.customers.read(customer)
        marks[customer] = found.iid if found is not None else None
    if page.status != "complete" or page.setup is None:
        return PageHeard(page, marks[customer])
    setup = api.setups.read(page.setup)
    method = _method(api, setup.method) if setup.method is not None else None
    return PageHeard(page, marks[customer], setup, method)


def saved_on(heard: PageHeard) -> MethodRead | None:
    """Return the card that was saved on a page, where all that was read of it agrees."""
    page, setup, method = heard.page, heard.setup, heard.method
    if page.status != "complete" or setup is None or method is None:
        return None
    agree = (
        setup.status == "succeeded"
        and (setup.id, setup.iid) == (page.setup, page.reference)
        and setup.method == method.id
        and {page.customer, setup.customer} == {method.customer}
        and {page.livemode, setup.livemode} == {method.livemode}
    )
    return method if agree else None


def adopt(uow: UnitOfWork, client_ref: str, method: MethodRead) -> Card:
    """Put a card on file that was saved on a forgotten page. It may be charged for nothing yet."""
    client = get_client(uow, client_ref)
    known = customer_row(uow, client)
    if known.customer is None:
        known.customer = method.customer
    return keep(
        uow, client, method, said="was found at the card processor; ask the client to agree again"
    )


def _method(api: StripeApi, method: str) -> MethodRead | None:
    try:
        return api.methods.read(method)
    except (Refused, OutcomeUnknown) as error:
        if api.connection.lacks(error):
            return None
        raise
