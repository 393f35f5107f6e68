# SPDX-License-Identifier: MIT
"""Colours, fonts, icons and the style sheet.

``Theme(app)`` is created once, before the first window, and kept. Painting code asks
``tokens.active()`` at paint time and never stores a colour; style sheets live in ``qss/`` only
(a ``setStyleSheet`` on a widget is slow and does not follow light and dark).

Measures: 4-pixel grid (4 8 12 16 24 28), type 20/14/10/9 points, page padding 28/24, radius 6-8,
rows 36, sidebar 208. One primary button per screen.
"""
