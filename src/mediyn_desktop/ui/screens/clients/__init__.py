# SPDX-License-Identifier: MIT
"""Everybody in care, and one client's sheet.

``screen`` joins the two pages; ``listing`` is the searchable list, ``sheet`` one client,
``tabs`` the tables on it, ``payment`` and ``issue`` the two things that can be done there.
"""

from mediyn_desktop.ui.screens.clients.screen import ClientsScreen

__all__ = ["ClientsScreen"]
