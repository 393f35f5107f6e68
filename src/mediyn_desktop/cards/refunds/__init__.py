# SPDX-License-Identifier: MIT
"""Paying a card's money back: the row first, then the network, and never more than there was.

``planning`` bounds and writes the row, ``sending`` talks to the processor with the key the
therapist unlocks, ``recording`` applies what was read: the only way out of not knowing.
"""
