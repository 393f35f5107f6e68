# SPDX-License-Identifier: MIT
"""What the processor does with the money afterwards: fees, disputes, payouts, the year's tie-out.

Amounts are those of its balance transactions, never computed. Nothing here talks to the network:
what ``polling`` has read is applied here, in one transaction.
"""
