# SPDX-License-Identifier: MIT
"""The window that asks for the passphrase, and the first run that makes a practice.

Painted before the database, the card processor's library or the document writer is imported: this
package imports PySide6 and ``core`` only (a test looks at ``sys.modules``). What unlocking and
creating mean is passed in as callables, and they run on a thread, where the heavy imports may
happen while the passphrase is typed::

    window = UnlockWindow(lambda given: app.unlock(given), location=str(folder))
    window.unlocked.connect(open_main_window)
"""
