# SPDX-License-Identifier: MIT
"""The double-entry ledger: chart of accounts, journal, open items, payments and allocations.

The only writer of money. Imports ``core`` and ``store``. Amounts are integer cents, debits
positive. Entries, postings, open items, payments and allocations are append-only; a correction is
a new entry that names what it reverses. Balances are summed from postings, never stored. A new
kind of posting belongs in the use case that needs it; a new account belongs in ``accounts``.
"""
