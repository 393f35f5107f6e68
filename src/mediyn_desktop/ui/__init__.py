# SPDX-License-Identifier: MIT
"""Everything a person sees. PySide6 is imported in this room and nowhere else.

What lives here
    ``theme/``     colours, fonts, icons and the style sheet; nothing else knows a colour.
    ``widgets/``   one public widget per file, no data access.
    ``models/``    table models that page through SQL.
    ``actions/``   every command once: menus, shortcuts, Ctrl+K and F1 are made from it.
    ``shell/``     the main window, its sidebar, header, status line and the ``Screen`` base.
    ``unlock/``    the window shown before anything heavy is imported, and the first run.
    ``ops.py``     the only way work leaves the GUI thread and comes back.
    ``pages.py``   screens of several pages; ``listing_page.py`` a long list with one record beside.
    ``correcting.py`` forms that say what they will do; ``card_network.py`` those that ask Stripe.
    ``preview.py`` the PDF that will be printed or sent, page by page.

May import any room below it; ``theme``, ``widgets``, ``unlock`` and ``ops`` import PySide6 and
``core`` only, so that the unlock window paints before the database is loaded.

Where a new thing goes
    A screen is one package in ``screens/`` and one ``ScreenEntry`` in the list given to the window.
    A verb is one ``Command`` in the registry. A control used twice is a file in ``widgets/``.

Text from outside (names, notes, files) is data: show it with ``PlainLabel`` or a table cell, and
put it in a tool tip only through ``widgets.labels.plain_tooltip``. Window titles never hold a name.
"""
