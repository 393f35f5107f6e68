# SPDX-License-Identifier: MIT
"""Mediyn Desktop: from a signed note to a charged card, a queued claim and a printed superbill.

The rooms, who may import whom, and where a new thing goes are described in ``CONTRIBUTING.md``.
"""

__version__ = "0.1.0"
