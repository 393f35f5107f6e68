# SPDX-License-Identifier: MIT
"""How an address is declared: method, path, handler, and the parameters it accepts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mediyn_desktop.sandbox.processor.errors import Json, invalid
from mediyn_desktop.sandbox.processor.forms import Params

Handler = Callable[..., Json]  # (state, params, *ids from the path) -> the reply

CURSOR = "limit starting_after ending_before"
PAGING = f"{CURSOR} created"


@dataclass(frozen=True, slots=True)
class Route:
    """One address. ``{}`` in ``path`` stands for an id.

    ``accepts`` are the parameters that are played. ``known`` are further parameters of the real
    API which this sandbox refuses by name, so that none is silently without effect.
    """

    method: str
    path: str
    handler: Handler
    accepts: str = ""
    known: str = ""
    lock_param: str = ""  # the parameter that names the object to lock, where the path has none
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pattern = re.compile(self.path.replace("{}", r"([\w-]+)"))
        object.__setattr__(self, "_pattern", pattern)

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """Return the ids in ``path``, or ``None`` when this is not the address."""
        found = self._pattern.fullmatch(path) if method == self.method else None
        return found.groups() if found else None

    def takes(self) -> set[str]:
        """Return the parameters that are played."""
        expanding = () if self.method == "DELETE" else ("expand",)
        return {*self.accepts.split(), *expanding}

    def check(self, params: Params) -> None:
        """Refuse parameters this address does not have.

        Raises:
            ApiError: ``parameter_unknown``, or the code for a parameter the API removed.
        """
        accepted = self.takes()
        for name in params.values:
            if name in accepted:
                continue
            if name == "payment_method_types" and name not in self.known.split():
                # Removed with 2026-09-30.endive (docs.stripe.com/changelog/endive).
                raise invalid(
                    "payment_method_types is no longer supported; "
                    "use allowed_payment_method_types instead.",
                    param=name,
                    code="payment_method_types_no_longer_supported",
                )
            if name in self.known.split():
                raise invalid(
                    f"The sandbox does not play the parameter {name}.",
                    param=name,
                    code="sandbox_unsupported",
                )
            raise invalid(
                f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
            )

    def lock_id(self, params: Params, ids: tuple[str, ...]) -> str | None:
        """Return the id of the object a change has to hold, if any."""
        if self.method == "GET":
            return None
        return params.text(self.lock_param) if self.lock_param else next(iter(ids), None)
