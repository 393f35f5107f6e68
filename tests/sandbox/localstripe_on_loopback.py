# SPDX-License-Identifier: MIT
"""Starts localstripe on 127.0.0.1 only, in memory only, and prints its port.

Its own command line listens on every interface and keeps its store as a pickle at a fixed path in
the shared temporary folder; neither belongs on a developer's machine. Run as a process of its own.
"""

from __future__ import annotations

import socket

from aiohttp import web
from localstripe import resources, server


def main() -> None:
    resources.Store.dump_to_disk = lambda self: None
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # before the port is told: the parent connects at once
    print(listening.getsockname()[1], flush=True)
    web.run_app(server.app, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
