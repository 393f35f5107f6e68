# SPDX-License-Identifier: MIT
"""Documents on their way to people: numbered, kept, saved to a folder, printed.

Imports the rooms up to ``documents``. ``superbill_rules`` say what may be listed,
``superbill_facts`` gather it, ``superbills`` number and record what was issued and ask
``documents`` for the bytes. What was handed to whom, and when, is recorded here.
"""
