# SPDX-License-Identifier: MIT
"""The day report's facts, gathered for ``documents.day_report``."""
