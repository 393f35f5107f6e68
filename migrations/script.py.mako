# SPDX-License-Identifier: MIT
"""${message}.

A migration never imports the program. After a batch operation on a guarded table, create its
triggers again: the rebuild drops them.
"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
