# SPDX-License-Identifier: MIT
"""Insurance claims: life cycle, scrubbing, submission, acknowledgements, remittances, eligibility.

``x12/`` holds pure codecs (text in, frozen values out, and back) and imports ``core`` and ``codes``
alone. What touches the database or the network lives beside it, never inside it: ``facts`` gathers
the rows of one claim, ``parties``, ``earlier`` and ``building`` turn them into values, ``checking``
knows what the practice adds to the rules, ``submission`` makes, queues and writes, ``following``
sets aside, corrects, voids and passes on, ``states`` says where a claim can stand.
"""
