# SPDX-License-Identifier: MIT
"""Write ``versions/0001_first_release.py`` anew from the live models and guards.

    PYTHONPATH=src python migrations/freeze.py

Allowed until the first release only: afterwards 0001 is in people's hands and a change of the
schema is a new file beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from mediyn_desktop.schema import GUARDS, METADATA
from mediyn_desktop.store.base import Instant

TARGET = Path(__file__).parent / "versions" / "0001_first_release.py"

HEAD = '''# SPDX-License-Identifier: MIT
"""The schema of the first release: tables, indexes, and the triggers that guard them.

Written by ``migrations/freeze.py``; not edited by hand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

'''


def render_type(kind: str, item: Any, _: Any) -> str | bool:
    """Write our own column type as the plain type it is stored as."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def table_code() -> str:
    """Return the statements that create every table and index, indented as a function's body."""
    with sa.create_engine("sqlite://").connect() as connection:
        upgrade = produce_migrations(MigrationContext.configure(connection), METADATA).upgrade_ops
    assert upgrade is not None
    code = "    " + render_python_code(upgrade, render_item=render_type)
    return "\n".join(line for line in code.splitlines() if not line.strip().startswith("#"))


def trigger_code() -> str:
    """Return the list of the guards' SQL, in pieces that fit a line."""
    lines = []
    for sql in GUARDS.values():
        pieces = textwrap.wrap(
            sql,
            84,
            drop_whitespace=False,
            replace_whitespace=False,
            expand_tabs=False,
            break_on_hyphens=False,
        )
        assert "".join(pieces) == sql
        lines.append("    (")
        lines.extend(f"        {json.dumps(piece, ensure_ascii=False)}" for piece in pieces)
        lines.append("    ),")
    return "TRIGGERS = [\n" + "\n".join(lines) + "\n]"


def main() -> None:
    """Write the file and let the formatter have its way with it."""
    TARGET.write_text(
        f"{HEAD}{trigger_code()}\n\n\ndef upgrade() -> None:\n{table_code()}\n"
        "    for trigger in TRIGGERS:\n        op.get_bind().exec_driver_sql(trigger)\n",
        encoding="utf-8",
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", str(TARGET)], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
