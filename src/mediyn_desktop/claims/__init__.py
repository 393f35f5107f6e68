# SPDX-License-Identifier: MIT
"""Insurance claims: life cycle, scrubbing, submission, acknowledgements, remittances, eligibility.

``x12/`` holds pure codecs (text in, frozen values out, and back) and imports ``core`` and ``codes`` alone. What
touches the database or the network lives beside it, never inside it.
"""
