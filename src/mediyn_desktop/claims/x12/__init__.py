# SPDX-License-Identifier: MIT
"""X12 005010 codecs: no file, no database, no clock, no network.

``segments`` splits and joins any interchange, ``charset`` fits text to what X12 can carry,
``envelope`` wraps a transaction. ``model837p`` holds what professional claims say; ``claim837p``,
``body837p``, ``cob837p`` and ``loops837p`` write it, ``view837p`` reads it back as loops and
``readable837p`` in plain words. ``check837p`` looks for what a payer would refuse: the guide by its
map, and the rules in ``scrub/``. A codec for another transaction set is one more module here.
"""
