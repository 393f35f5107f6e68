# SPDX-License-Identifier: MIT
"""835 files written segment by segment: whatever a payer may write, in whatever delimiters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAYEE = "1234567893"
PAYER = (
    "N1*PR*BLUE PLAN",
    "N3*1 PAYER WAY",
    "N4*ALBANY*NY*12207",
    "REF*2U*12345",
    "PER*BL*HELP*TE*8005550100",
    f"N1*PE*QUIET ROOM THERAPY*XX*{PAYEE}",
)


@dataclass(frozen=True)
class Delimiters:
    """What separates: elements, components, repetitions; what ends a segment, and what follows."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    end: str = "~"
    after: str = "\n"

    def written(self, segment: str) -> str:
        """A segment written with ``*``, ``:`` and ``^``, in these delimiters."""
        table = {"*": self.element, ":": self.component, "^": self.repetition}
        return segment.translate(str.maketrans(table)) + self.end + self.after


USUAL = Delimiters()


def payment(
    *body: str,
    amount: str,
    trace: str = "EFT1",
    method: str = "",
    payer: Sequence[str] = PAYER,
    on: str = "20261120",
) -> list[str]:
    """One transaction set: what pays and who, then ``body`` as it is."""
    how = method or ("ACH" if amount not in ("0", "") else "NON")
    return [
        f"BPR*I*{amount}*C*{how}************{on}",
        f"TRN*1*{trace}*1999999999",
        f"DTM*405*{on}",
        *payer,
        *body,
    ]


def interchange(
    *sets: Sequence[str], control: int = 1, using: Delimiters = USUAL, groups: int = 1
) -> bytes:
    """Return the sets as one interchange, shared out among so many groups."""
    header = (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PROVIDER       "
        f"*261120*1200*^*00501*{control:09d}*0*P*:"
    )
    rows = [header]
    share = -(-len(sets) // groups)
    for group in range(groups):
        mine = sets[group * share : (group + 1) * share]
        number = control * 100 + group
        rows.append(f"GS*HP*PAYER*PROVIDER*20261120*1200*{number}*X*005010X221A1")
        rows.extend(_sets(mine))
        rows.append(f"GE*{len(mine)}*{number}")
    rows.append(f"IEA*{groups}*{control:09d}")
    return "".join(map(using.written, rows)).encode("ascii")


def _sets(sets: Sequence[Sequence[str]]) -> Iterable[str]:
    for number, body in enumerate(sets, start=1):
        yield f"ST*835*{number:04d}"
        yield from body
        yield f"SE*{len(body) + 2}*{number:04d}"
