# SPDX-License-Identifier: MIT
"""Build the three faces in this folder from the upstream files; run by hand when they change.

    python make_fonts.py FOLDER_WITH_INTER_OTF FOLDER_WITH_DEJAVU_TTF

Inter becomes TrueType outlines (PDF embedding by reportlab needs ``glyf``), Latin, Greek and
Cyrillic only, with its tabular figures in place of the proportional ones, so that columns of money
line up without an OpenType shaper. DejaVu Sans keeps every character and loses its hinting and
layout tables. Timestamps are those of the source, so a second run gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
MAIN_RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF),
    (0x0400, 0x052F), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2116, 0x2122),
    (0x2190, 0x2193), (0x2212, 0x2212), (0xFB00, 0xFB04), (0xFFFD, 0xFFFD),
)  # fmt: skip


def tabular_figures(font: TTFont) -> dict[str, str]:
    """Return the glyph names that the ``tnum`` feature swaps in for the ten digits."""
    digits = {font.getBestCmap()[code] for code in range(0x30, 0x3A)}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                mapping = getattr(part, "ExtSubTable", part).mapping
                return {old: new for old, new in mapping.items() if old in digits}
    raise ValueError("the font has no tabular figures")


def build_main(source: Path, target: Path, style: str) -> None:
    """Write ``target``: the TrueType, tabular-figure subset of the OpenType file ``source``."""
    font = TTFont(source, recalcTimestamp=False)
    swap = tabular_figures(font)
    cmap = {
        code: swap.get(name, name)
        for code, name in font.getBestCmap().items()
        if any(low <= code <= high for low, high in MAIN_RANGES)
    }
    order = [".notdef", *sorted(set(cmap.values()) - {".notdef"})]
    upm, glyphs, outlines = font["head"].unitsPerEm, font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        flat = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(flat)
        flat.replay(Cu2QuPen(pen, max_err=upm / 1000, reverse_direction=True))
        outlines[name] = pen.glyph()
    built = FontBuilder(upm, isTTF=True)
    built.font.recalcTimestamp = False
    built.setupGlyphOrder(order)
    built.setupCharacterMap(cmap)
    built.setupGlyf(outlines)
    built.setupHorizontalMetrics(
        {name: (font["hmtx"][name][0], built.font["glyf"][name].xMin if
                outlines[name].numberOfContours else 0) for name in order}
    )  # fmt: skip
    hhea = font["hhea"]
    built.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    names = font["name"]
    built.setupNameTable(
        {
            "copyright": names.getDebugName(0), "familyName": "Inter", "styleName": style,
            "fullName": f"Inter {style}", "psName": f"Inter-{style}",
            "version": names.getDebugName(5), "licenseDescription": names.getDebugName(13),
            "licenseInfoURL": names.getDebugName(14),
        },
        mac=False,
    )  # fmt: skip
    os2 = font["OS/2"]
    built.setupOS2(
        sTypoAscender=os2.sTypoAscender, sTypoDescender=os2.sTypoDescender,
        usWinAscent=os2.usWinAscent, usWinDescent=os2.usWinDescent,
        sCapHeight=os2.sCapHeight, sxHeight=os2.sxHeight, usWeightClass=os2.usWeightClass,
    )  # fmt: skip
    built.setupPost(keepGlyphNames=False)
    built.font["head"].created = font["head"].created
    built.font["head"].modified = font["head"].modified
    built.save(target)


def build_fallback(source: Path, target: Path) -> None:
    """Write ``target``: DejaVu Sans without hinting, kerning and shaping tables."""
    options = subset.Options(
        hinting=False, layout_features=[], glyph_names=False, notdef_outline=True
    )
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6]
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF", "kern"]
    font = subset.load_font(str(source), options)
    font.recalcTimestamp = False
    worker = subset.Subsetter(options)
    worker.populate(unicodes=list(font.getBestCmap()))
    worker.subset(font)
    subset.save_font(font, str(target), options)


def main() -> None:
    inter, dejavu = (Path(argument) for argument in sys.argv[1:3])
    build_main(inter / "Inter-Regular.otf", HERE / "Inter-Regular.ttf", "Regular")
    build_main(inter / "Inter-SemiBold.otf", HERE / "Inter-SemiBold.ttf", "SemiBold")
    build_fallback(dejavu / "DejaVuSans.ttf", HERE / "DejaVuSans.ttf")


if __name__ == "__main__":
    main()
