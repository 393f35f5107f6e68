# SPDX-License-Identifier: MIT
"""Real servers on the loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from mailbox_server import Mailbox, mailbox_server


@pytest.fixture(scope="session")
def host_keys() -> list[asyncssh.SSHKey]:
    """Two server keys: the one that is pinned, and another of the same kind."""
    return [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]


@pytest.fixture
def mailbox(tmp_path: Path, host_keys: list[asyncssh.SSHKey]) -> Iterator[Mailbox]:
    """An SFTP mailbox that does what it is told."""
    with mailbox_server(tmp_path / "mailbox", host_keys[:1]) as running:
        yield running


@pytest.fixture
def unused_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])
