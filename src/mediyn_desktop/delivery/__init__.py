# SPDX-License-Identifier: MIT
"""Documents on their way to people: numbered, kept, saved to a folder, printed.

Imports the rooms up to ``documents``. ``superbills`` gathers the facts, asks ``documents`` for the
bytes and records what was issued. What was handed to whom, and when, is recorded here.
"""
