# SPDX-License-Identifier: MIT
"""Charging a card on file exactly once.

Imports the rooms up to ``billing``. ``stripe_api`` alone imports ``stripe``. ``states`` is the
state machine as data, ``attempts`` plans and records, ``worker`` talks to the processor. Whatever
must reach the processor has its row first, and an outcome nobody has read is UNKNOWN, never failed.
"""
