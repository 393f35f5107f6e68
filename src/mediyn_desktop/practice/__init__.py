# SPDX-License-Identifier: MIT
"""Who and what happened: the practice, clinicians, clients, coverage, payers, fees, cards' owners'
consents, sessions, notes and packages.

Imports ``core``, ``codes``, ``store`` and ``ledger``. No rule about codes, prices or roads lives
here; those are in ``billing``. A new fact about a person or an appointment belongs here.
"""
