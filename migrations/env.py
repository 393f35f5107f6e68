# SPDX-License-Identifier: MIT
"""Runs the migrations on the connection it is given: no address and no key in any file.

The caller owns the transaction (``mediyn_desktop.store.migrate``).
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
