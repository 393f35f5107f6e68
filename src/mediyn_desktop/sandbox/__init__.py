# SPDX-License-Identifier: MIT
"""The outside world on this computer: a card processor and a clearinghouse that behave alike.

For training mode, the demonstration and tests. Imports ``core`` and the standard library only; no
other room imports this one except the doors that start it.
"""

from mediyn_desktop.sandbox.serving import Answering, PortTaken, Sandbox, sandbox, serve

__all__ = ["Answering", "PortTaken", "Sandbox", "sandbox", "serve"]
