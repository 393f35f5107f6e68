# SPDX-License-Identifier: MIT
"""The headless door: the same use cases as the window, for scripts and for the curious.

``parser`` declares the commands and ``commands`` says which function runs each; the functions stand
by topic: ``practice`` (create, import, settings), ``evening``, ``money``, ``papers``, ``claims``,
``background``, ``safety`` (verify, backup, restore). ``opening`` finds and unlocks the practice.
``shapes`` turns results into the JSON of the contract, ``words`` into text for people; ``demo``
plays one whole evening. A new command is one function in its topic, one line in ``commands`` and
one declaration in ``parser``.
"""
