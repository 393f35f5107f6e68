# SPDX-License-Identifier: MIT
"""Charging a card on file exactly once.

Imports the rooms up to ``billing``. Whatever must reach the processor has its row first, and an
outcome nobody has read is UNKNOWN, never failed. ``stripe_api`` alone imports ``stripe``, and what
may leave stands in its ``allowed``.

=====================================  ==========================================================
what may be charged                    ``due``, ``limits``, ``holds``; ``approving`` for a batch
an attempt's life                      ``states`` (the diagram), ``attempts``, ``recording``
a pass over all that is due            ``worker`` (the ground), ``driving`` (one attempt),
                                       ``found``, ``permission``, ``pacing``, ``declines``
is this ledger the newest              ``anchoring``; ``accounts`` for the account and its mode
comparing with the processor           ``reconciling``, ``joining``; ``accepting`` takes it over
what a person decides                  ``deciding``, ``amounts``, ``by_hand``, ``receipts``,
                                       ``withdrawing``
=====================================  ==========================================================

A new outcome of the processor is a case in ``recording`` and an arrow in ``states``; a new kind of
call is a module in ``stripe_api`` and rows in its list.
"""
