# SPDX-License-Identifier: MIT
"""What a command has to say, in the three ways it may be asked to say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """One sentence and its stable code: the command found what it must refuse."""

    message: str
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON document of the contract and the same in words.

    ``attention`` means done, but something needs a person (exit status 3); with a ``failure`` the
    document and the words say what was found, and nothing was done (exit status 1).
    """

    document: Any
    text: str
    attention: bool = False
    failure: Failure | None = None
