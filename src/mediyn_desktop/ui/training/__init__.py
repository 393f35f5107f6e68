# SPDX-License-Identifier: MIT
"""Training in the window: the door into it, what shows that one is there, and what one may do.

``door`` makes or opens the training practice while the user waits, ``dress`` puts the banner, the
title and the commands on its window, ``panel`` is the dialog with test cards, test member ids and
the world outside. Imported only once training is asked for: a real practice starts without it.
"""
