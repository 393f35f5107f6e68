# SPDX-License-Identifier: MIT
"""Errors a person may see, and how they are told apart from bugs.

A ``UserFacingError`` carries a stable ``code`` and one message of up to three parts: what happened,
what is safe, what to do. Anything else that reaches a door (command line, window) is a bug.
"""

from __future__ import annotations


class UserFacingError(Exception):
    """Refused or failed in a way the user can understand and act on.

    Subclasses set ``code``, a stable kebab-case word that scripts may match on.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code

    @property
    def message(self) -> str:
        """The whole sentence for the user."""
        return str(self.args[0])


class NotFound(UserFacingError):
    """A reference names nothing in this practice."""

    code = "not-found"


class Locked(UserFacingError):
    """The practice is locked, or open in another window."""

    code = "locked"
