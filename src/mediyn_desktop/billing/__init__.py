# SPDX-License-Identifier: MIT
"""A signed note becomes one charge: coding, pricing, routing, exceptions.

Imports ``core``, ``codes``, ``store``, ``ledger`` and ``practice``. Rules are pure modules
(``pricing``, ``routing``); use cases write (``charges``). A new rule about what a session costs or
which road it takes belongs here; moving money over that road belongs in ``cards`` or ``claims``.
"""
