# SPDX-License-Identifier: MIT
"""The encrypted database file and everything that keeps it whole.

Lives here: the SQLCipher engine, the unit of work, migrations, guards (triggers), the audit chain,
settings, secrets, verification, backup and restore. Imports ``core`` and ``vault`` and is the only
room that opens the database file. Tables of the trade live in the rooms above; they derive from
``store.base.Base`` so that one migration chain covers all of them.
"""
