# SPDX-License-Identifier: MIT
"""The faces of every paper, where they lie, and how they are embedded.

Inter (Latin, Greek, Cyrillic, tabular figures) sets the text; DejaVu Sans stands in for single
characters Inter lacks. Both are embedded as subsets, so a paper reads the same everywhere.
"""

from __future__ import annotations

import threading
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, makeToUnicodeCMap

from mediyn_desktop.core.resources import shipped

REGULAR = "Mediyn-Regular"
STRONG = "Mediyn-Strong"
FALLBACK = "Mediyn-Fallback"

_FILES = {
    REGULAR: "Inter-Regular.ttf",
    STRONG: "Inter-SemiBold.ttf",
    FALLBACK: "DejaVuSans.ttf",
}
_lock = threading.RLock()


class Face(TTFont):  # type: ignore[misc]  # reportlab carries no types
    """A TrueType face whose embedded subsets are prepared once per set of characters.

    Most papers need ASCII and little more, so the same few subsets serve them all. What is kept
    tells which characters were used, not what was written with them.
    """

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(name, str(file), asciiReadable=1)
        self.covered = frozenset(self.face.charToGlyph)
        self._prepared = lru_cache(maxsize=32)(self._prepare)

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """Return ``text`` as (subset number, bytes) pieces; plain ASCII is always subset 0."""
        if text.isascii():
            return [(0, text.encode("ascii"))]
        pieces: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
        return pieces

    def addObjects(self, doc: Any) -> None:
        """Write the font objects of one document, as the base class does, from prepared parts."""
        state = self.state[doc]
        state.frozen = 1
        for number, characters in enumerate(state.subsets):
            internal = self.getSubsetInternalName(number, doc)[1:]
            tag = (SUBSETN(number) + b"+" + self.face.name).decode("ascii")
            widths, to_unicode, program, size = self._prepared(tag, tuple(characters))
            font = pdfdoc.PDFTrueTypeFont()
            font.Name, font.BaseFont = internal, tag
            font.FirstChar, font.LastChar = 0, len(characters) - 1
            font.Widths = widths
            font.ToUnicode = doc.Reference(_deflated(to_unicode), f"toUnicode:{tag}")
            stream = _deflated(program)
            stream.dictionary["Length1"] = size
            font.FontDescriptor = self._descriptor(doc, tag, doc.Reference(stream, f"file:{tag}"))
            doc.Reference(font, internal)
            doc.idToObject["BasicFonts"].dict[internal] = font
        del self.state[doc]

    def _prepare(self, tag: str, characters: tuple[int, ...]) -> tuple[str, bytes, bytes, int]:
        with _lock:  # the base class reads the font file through one shared position
            program = self.face.makeSubset(list(characters))
        widths = " ".join(f"{self.face.getCharWidth(code):.5g}" for code in characters)
        to_unicode = makeToUnicodeCMap(tag, characters).encode("ascii")
        return f"[{widths}]", zlib.compress(to_unicode), zlib.compress(program), len(program)

    def _descriptor(self, doc: Any, tag: str, program: Any) -> Any:
        face = self.face
        entries = {
            "Type": "/FontDescriptor",
            "FontName": pdfdoc.PDFName(tag),
            "Flags": (face.flags & ~32) | 4,  # own encoding: symbolic, not standard (PDF 9.8.2)
            "FontBBox": pdfdoc.PDFArray(face.bbox),
            "ItalicAngle": face.italicAngle,
            "Ascent": face.ascent,
            "Descent": face.descent,
            "CapHeight": face.capHeight,
            "StemV": face.stemV,
            "MissingWidth": face.defaultWidth,
            "FontFile2": program,
        }
        return doc.Reference(pdfdoc.PDFDictionary(entries), f"descriptor:{tag}")


_loaded: dict[str, Face] = {}


def _deflated(data: bytes) -> Any:
    """A PDF stream object around bytes that are already compressed."""
    return pdfdoc.PDFStream(pdfdoc.PDFDictionary({"Filter": "/FlateDecode"}), data)


def face(name: str) -> Face:
    """Return the face ``name``, loaded and known to reportlab on first use.

    There is one ``Face`` per name, whatever the number of threads: reportlab looks fonts up by
    name, and two of them in one document would each embed themselves.
    """
    loaded = _loaded.get(name)
    if loaded is None:
        with _lock:
            if name not in _loaded:
                pdfmetrics.registerFont(Face(name, shipped("resources", "fonts", _FILES[name])))
                _loaded[name] = pdfmetrics.getFont(name)
            loaded = _loaded[name]
    return loaded
