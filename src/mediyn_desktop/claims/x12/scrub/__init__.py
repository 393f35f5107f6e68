# SPDX-License-Identifier: MIT
"""The scrubber: small rules that read an 837P as it will be sent, ours or anybody's.

``rule`` says what a rule is; each other module is one topic and ends with the list of its rules; a
new rule is a function there and a line in that list. ``running`` runs them all. What a payer asks
beyond the guide is data (``payer_rules``, ``plans.tsv``).
"""
