# SPDX-License-Identifier: MIT
"""The screens, one package each. They know the context and never one another.

A screen exports one ``Screen`` subclass that is made as ``TheScreen(context)``; ``ui.practice``
lists them in the order of the sidebar.
"""
