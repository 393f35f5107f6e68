# SPDX-License-Identifier: MIT
"""One step back: what was done last is undone while nothing of it has left the computer.

Money is never erased: undoing posts the entry that takes back, so the journal shows both. What has
left the computer is not undone; what does it instead is named.
"""
