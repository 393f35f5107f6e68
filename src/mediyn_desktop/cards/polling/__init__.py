# SPDX-License-Identifier: MIT
"""Asking the processor what changed, since nothing can call this computer.

Events are hints: which objects to look at. What is applied is the object as it is now, so order,
duplicates and old payloads do not matter. Once a day, and after a long absence, whole lists are
read instead. ``reading`` asks, ``applying`` writes, ``poll`` says when.
"""
