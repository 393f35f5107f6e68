# SPDX-License-Identifier: MIT
"""The headless door: the same use cases as the window, for scripts and for the curious.

``parser`` declares the commands, ``commands`` runs them, ``shapes`` turns results into the JSON of
the contract, ``words`` into text for people, ``demo`` plays one whole evening. A new command is one
function in ``commands`` and one declaration in ``parser``.
"""
