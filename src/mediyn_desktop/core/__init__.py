# SPDX-License-Identifier: MIT
"""Money, time, identifiers, errors and log redaction: what every other room stands on.

Imports the standard library only. A new thing belongs here when at least three rooms need it and
it knows nothing about therapy, cards or claims.
"""
