# SPDX-License-Identifier: MIT
"""What a setting is, and how the usual kinds of value are read from text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting. ``parse`` turns text into the value and raises ``ValueError`` with a reason."""

    key: str
    default: T
    parse: Callable[[str], T]
    doc: str
    secret: bool = False
    internal: bool = False  # kept by the program; not shown among the user's settings


def text(text: str) -> str:
    return text.strip()


def folder(text: str) -> str:
    """A relative name is taken from where it is set, not from where the program runs next time."""
    bare = text.strip()
    if "\0" in bare:
        raise ValueError("write the name of a folder")
    return str(Path(bare).expanduser().absolute()) if bare else ""


def flag(text: str) -> bool:
    if text.strip().lower() in ("yes", "true", "on", "1"):
        return True
    if text.strip().lower() in ("no", "false", "off", "0", ""):
        return False
    raise ValueError("write yes or no")


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        bare = text.strip()
        if not bare.isdigit() or not least <= int(bare) <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return int(bare)

    return parse


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip() not in allowed:
            raise ValueError(f"write one of {', '.join(allowed)}")
        return text.strip()

    return parse


def api_base(text: str) -> str:
    """https anywhere, http on this computer only: a key never crosses a network in the clear."""
    bare = text.strip().rstrip("/")
    if not bare:
        return ""
    parts = urlsplit(bare)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("write the address alone, such as https://api.example.com")
    if parts.scheme == "https" and parts.hostname:
        return bare
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return bare
    raise ValueError("the address begins with https:// (http:// only on this computer)")
