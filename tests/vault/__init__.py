# SPDX-License-Identifier: MIT
"""Tests of the vault: keys, slots, the OS key store and the idle timer."""
