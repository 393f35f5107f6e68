# SPDX-License-Identifier: MIT
"""Build the ICD-10-CM tables that ship inside the program.

Run by hand once a fiscal year, from the top folder, with the development requirements installed:

    python resources/codes/build_icd10.py

Reads the CDC/NCHS tabular list that the package ``simple-icd-10-cm`` carries (ICD-10-CM is in the
public domain) and writes two files to ``src/mediyn_desktop/codes/data``:

``icd10cm-codes.txt.gz``   a header line, then every billable code, undotted and sorted, one a line
``icd10cm-titles.txt.gz``  a line with a code or heading, then a line with its title, and so on

Codes are needed at once and titles only for display, so they are apart. The same source gives the
same bytes (no time stamp inside), so a rebuild without news changes nothing in version control.
"""

from __future__ import annotations

import gzip
import sys
from importlib.metadata import version
from pathlib import Path

import simple_icd_10_cm as source

# Bump both together with the package: the package itself does not say which release it carries.
PACKAGE_VERSION = "1.5.0"
FISCAL_YEAR = 2026
RELEASE = "April 2026"

DATA = Path(__file__).parents[2] / "src" / "mediyn_desktop" / "codes" / "data"


def read_source() -> tuple[dict[str, str], dict[str, str]]:
    """Return (billable, headings), each code -> title, without dots, chapters and blocks."""
    billable: dict[str, str] = {}
    headings: dict[str, str] = {}
    for item in source.get_all_codes(with_dots=False):
        # Items such as F99 are listed twice, once as a block of one; a dictionary keeps one.
        if source.is_category_or_subcategory(item):
            kind = billable if source.is_leaf(item) else headings
            kind[item] = " ".join(source.get_description(item).split())
    return billable, headings


def check(billable: dict[str, str], headings: dict[str, str]) -> None:
    """Stop unless headings can be told from the billable codes alone, as the program does."""
    prefixes = {code[:length] for code in billable for length in range(3, len(code))}
    if lost := sorted(headings.keys() - prefixes):
        sys.exit(f"headings with no billable code below them: {lost[:5]}")
    if both := sorted(prefixes & billable.keys()):
        sys.exit(f"billable codes with further codes below them: {both[:5]}")


def write(name: str, lines: list[str]) -> None:
    """Write ``lines`` compressed, with no time stamp, and say how large the file became."""
    packed = gzip.compress("\n".join(lines).encode() + b"\n", compresslevel=9, mtime=0)
    (DATA / name).write_bytes(packed)
    print(f"{name}: {len(lines)} lines, {len(packed)} bytes")


def main() -> None:
    """Write both tables, or stop with the reason and leave them as they are."""
    if version("simple-icd-10-cm") != PACKAGE_VERSION:
        sys.exit(
            f"expected simple-icd-10-cm {PACKAGE_VERSION}; read its news, then set FISCAL_YEAR"
        )
    billable, headings = read_source()
    check(billable, headings)
    DATA.mkdir(exist_ok=True)
    write("icd10cm-codes.txt.gz", [f"# {FISCAL_YEAR}\t{RELEASE}", *sorted(billable)])
    titles = billable | headings
    write("icd10cm-titles.txt.gz", [line for item in sorted(titles.items()) for line in item])


if __name__ == "__main__":
    main()
