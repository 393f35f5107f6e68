# SPDX-License-Identifier: MIT
"""Background work: what is due, and when to look.

Imports ``store`` and what lies below it. ``due`` runs jobs and remembers how they ended, in a
table, so that a restart forgets nothing; ``schedule`` only says when to look. The jobs themselves
are use cases of other rooms, put together in ``app``: a new one is one more entry there.
"""
