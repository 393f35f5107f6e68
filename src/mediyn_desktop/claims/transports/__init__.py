# SPDX-License-Identifier: MIT
"""How claim files leave this computer and how answers come in: three ways behind one protocol.

``protocol`` says what a way must do; ``folder``, ``sftp`` and ``https`` do it. ``profiles`` holds
what each needs to know, ``presets`` what is known of some clearinghouses, as data to be edited.
Nothing here knows a database, a claim or a setting: rows are written by ``claims.outbox`` and
``claims.inbox``, which call in here between two transactions. A new way is a module beside these
and a line in ``claims.connection``.
"""
