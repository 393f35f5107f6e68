# SPDX-License-Identifier: MIT
"""The practice's data key, the slots that unlock it, the OS keyring and the idle timer.

Imports ``core`` only. ``slots`` is what the rest of the program calls to create and open a
practice; ``keys`` holds the open key, ``keyslots_file`` the file format, ``recovery`` the code on
the recovery sheet, ``os_keyring`` the operating system's key store, ``autolock`` the idle timer,
``errors`` what a user may be told. A new way to unlock is a new slot kind in ``slots``. No key ever
enters a log, a repr or an exception.
"""
