# SPDX-License-Identifier: MIT
"""What single payers and kinds of plans ask beyond the guide: a table, not code.

The shipped table knows kinds of plans by their claim filing code (SBR09). A practice adds its own
payers on the payers' screen; a file of the same columns can be given to ``claims check``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from mediyn_desktop.codes.places import MARKED_PLACES
from mediyn_desktop.core.errors import UserFacingError

# How video is marked: the modifier, ``none``, ``any`` of those in use, or ``optional``: the place
# of service is enough.
TELEHEALTH = ("any", "95", "GT", "none", "optional")
# At which place of service: 02 and 10 (or what ``remote_places`` knows), or ``any`` other one too.
TELEHEALTH_PLACES = MARKED_PLACES
_COLUMNS = (
    "payer",
    "telehealth",
    "telehealth_place",
    "filing_days",
    "taxonomy",
    "group_number",
    "authorization",
    "rendering",
    "replacements",
    "source",
)


class PayerTableError(UserFacingError):
    """The table of payer rules cannot be read."""

    code = "payer-table"


@dataclass(frozen=True, slots=True)
class PayerRules:
    """What one payer, or one kind of plan, asks.

    ``filing_days`` counts from the date of service to the day the payer has the claim; None when
    unknown. ``needs_*``: the claim is refused without. ``always_rendering``: the rendering provider
    is named even where it is the billing provider. ``takes_replacements``: frequency 7 and 8.
    """

    telehealth: str = "any"
    telehealth_place: str = "remote"
    filing_days: int | None = None
    needs_taxonomy: bool = False
    needs_group_number: bool = False
    needs_authorization: bool = False
    always_rendering: bool = False
    takes_replacements: bool = True
    source: str = ""


def read_table(text: str) -> dict[str, PayerRules]:
    """Return the rules in ``text``: tab-separated, a header, ``#`` before a remark.

    ``payer`` is a payer id, or a claim filing code in the shipped table; blank is everybody else.

    Raises:
        PayerTableError: a column or word that is unknown; it names the line.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t", restkey="more")
    unknown = set(reader.fieldnames or ()) - set(_COLUMNS)
    if unknown or "payer" not in (reader.fieldnames or ()):
        named = ", ".join(sorted(unknown)) or "no column “payer”"
        raise PayerTableError(
            f"The table of payer rules cannot be used ({named}). Its columns are "
            f"{', '.join(_COLUMNS)}. Nothing was checked."
        )
    found: dict[str, PayerRules] = {}
    for number, row in enumerate(reader, start=2):
        found[(row["payer"] or "").strip()] = _rules(row, number)
    return found


def _rules(row: Mapping[str, str | None], number: int) -> PayerRules:
    def word(column: str, *allowed: str) -> str:
        text = (row.get(column) or "").strip()
        if text and text not in allowed:
            raise PayerTableError(
                f"Line {number} of the table of payer rules: {column} is “{text}”, not one of "
                f"{', '.join(allowed)}. Nothing was checked."
            )
        return text

    days = (row.get("filing_days") or "").strip()
    if "more" in row or (days and not (days.isascii() and days.isdigit() and int(days) > 0)):
        raise PayerTableError(
            f"Line {number} of the table of payer rules has too many cells or filing_days that is "
            "no number of days. Nothing was checked."
        )
    return PayerRules(
        telehealth=word("telehealth", *TELEHEALTH) or "any",
        telehealth_place=word("telehealth_place", *TELEHEALTH_PLACES) or "remote",
        filing_days=int(days) if days else None,
        needs_taxonomy=word("taxonomy", "yes", "no") == "yes",
        needs_group_number=word("group_number", "yes", "no") == "yes",
        needs_authorization=word("authorization", "yes", "no") == "yes",
        always_rendering=word("rendering", "yes", "no") == "yes",
        takes_replacements=word("replacements", "yes", "no") != "no",
        source=(row.get("source") or "").strip(),
    )


SHIPPED: Mapping[str, PayerRules] = read_table(
    files("mediyn_desktop.claims.x12.scrub").joinpath("plans.tsv").read_text("utf-8")
)
