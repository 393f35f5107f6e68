# SPDX-License-Identifier: MIT
"""Everybody in care, and one client's sheet.

``screen`` joins the two pages; ``listing`` is the searchable list, ``sheet`` one client, ``tabs``
and ``agreements_tab`` the tables on it, ``forms`` everything that can be done there. A new form is
a ``CorrectingDialog`` and one line in ``forms``.
"""

from mediyn_desktop.ui.screens.clients.screen import ClientsScreen

__all__ = ["ClientsScreen"]
