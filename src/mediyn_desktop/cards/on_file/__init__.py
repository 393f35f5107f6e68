# SPDX-License-Identifier: MIT
"""Cards on file: asking a client for one, what the client agreed to, and what becomes of it.

``asking`` makes a page of the processor's own on which the client saves a card, ``looking`` reads
it back, ``saving`` keeps the card; ``consents`` holds what was agreed and taken back, ``wording``
in which words; ``removing`` and ``renewing`` follow a card afterwards. Saving charges nothing.
"""
