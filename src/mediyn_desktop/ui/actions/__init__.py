# SPDX-License-Identifier: MIT
"""Every command of the program, once.

A screen or the composition root adds a ``Command`` to the ``CommandRegistry``; the menu, the
keyboard shortcut, the Ctrl+K palette and the F1 sheet follow from it. Nothing can be done with the
mouse alone.
"""
