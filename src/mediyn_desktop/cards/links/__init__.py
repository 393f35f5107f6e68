# SPDX-License-Identifier: MIT
"""Payment links: one balance, one completion, and never together with a saved card.

``standing`` says which link stands for what, ``offering`` makes one, ``closing`` ends it for good,
``recording`` posts what was paid on it.
"""
