# SPDX-License-Identifier: MIT
"""The main window and what every screen shares.

A new screen, in ``screens/<name>/``::

    class SuperbillsScreen(Screen):
        title = "Superbills"
        reads = frozenset({"superbill", "client"})

        def __init__(self, ops: Ops, ...) -> None:
            super().__init__(ops)
            self.search = SearchField("Find a superbill")
            self.header.set_actions(SecondaryButton("Export…", self._export),
                                    PrimaryButton("Make superbill", self._make))
            self.body.addWidget(self.search)
            self.body.addWidget(self.table, 1)
            self.header.set_subtitle("12 this month")

        def reload(self) -> None:
            self.ops.read(lambda db: queries.superbills(db), self._show)

and one line where the window is made::

    window.add_screen(ScreenEntry("superbills", "Superbills", "superbills",
                                  lambda: SuperbillsScreen(ops)))

The screen is built when it is first shown, reloaded when one of the kinds in ``reads`` changed
(at once if it is on screen, otherwise when it is shown next), and Ctrl+F goes to its ``search``.
"""
