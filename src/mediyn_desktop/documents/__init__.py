# SPDX-License-Identifier: MIT
"""Printed papers: a frozen dataclass goes in, the bytes of a PDF come out.

The same input gives the same bytes: no clock, no database, no Qt. Every word shown comes from the
input or from this room; text from outside is drawn as it is and never read as markup.

May import ``core`` and ``codes``. From the ground up: ``fonts`` (faces and where they lie),
``typeset`` (cleaning, widths, wrapping), ``sheet`` (one growing PDF), ``flow`` (blocks into
pages), then one module per paper. A new paper gets its own dataclass, its own module and a test
that reads the text back; what two papers share moves down.
"""
