# SPDX-License-Identifier: MIT
"""Controls used by more than one screen: one public class per file, no data access.

Every focusable control has an accessible name: pass ``name`` where the constructor asks for it,
or put the control into a ``FormField``, whose label names it. Text is always plain text.
"""
