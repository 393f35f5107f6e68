# SPDX-License-Identifier: MIT
"""X12 005010 codecs: no database, no clock, no network; files only as streams of bytes.

Text: ``delimiters``, ``streaming`` (any size, any writer), ``segments`` (segments as values, and
writing them), ``containers`` (limits, zip archives), ``charset``, ``envelope``.

Written: ``model837p`` holds what professional claims say; ``claim837p``, ``body837p``,
``cob837p`` and ``loops837p`` write it, ``view837p`` reads it back as loops. ``check837p`` looks for
what a payer would refuse: the guide by its map, and the rules in ``scrub/``.

Read: ``reading`` walks the envelopes and hands each set to ``reader835`` (``claim835``),
``reader999`` (and TA1), ``reader277ca`` or ``reader271``, which give the values of ``model835``,
``model_answers``, ``model271`` and ``inbound``. What a file says never raises: it is a ``Flaw``.

Understood, as pure functions over those values: ``balance835`` (does it add up), ``pairing835``
(reversals), ``plb835`` (money of no claim), ``decision835`` (what goes where), ``suspicion835``
(what is odd), ``benefits271`` (what therapy will cost the client).

Said in plain words: ``words``, ``reading_aloud`` with a table for each set (``readable837p`` for
our claims), ``readable``.
"""
