# SPDX-License-Identifier: MIT
"""The evening: review, sign, charge, queue claims, print superbills, report.

Orchestrates the rooms below it and owns no rule of its own. ``review`` answers what the day looks
like; ``close`` does the work and may be killed and run again at any point.
"""
