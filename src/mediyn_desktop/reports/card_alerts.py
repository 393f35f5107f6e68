# SPDX-License-Identifier: MIT
"""Requests for a card that a person has to look at. Cards that expire are among the leaks."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.cards.on_file.requests import view_requests
from mediyn_desktop.cards.on_file.states import RequestState
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.reports.alert import Alert
from mediyn_desktop.store.uow import Reading


def requests_in_doubt(read: Reading) -> Iterator[Alert]:
    """Yield one alert for each request whose page does not show what was asked for."""
    for one in view_requests(read):
        if one.state == RequestState.REVIEW:
            since = local_date(one.made_at, read.zone)
            yield Alert("card-request", one.client_ref, since, 0, one.message or "", 1)
