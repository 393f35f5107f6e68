# SPDX-License-Identifier: MIT
"""QR codes as plain squares, for papers and for the screen."""

from __future__ import annotations

from reportlab.graphics.barcode import qrencoder

_LONGEST = 2_953  # bytes in the largest code with low error correction (ISO/IEC 18004)


def qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the code of ``text`` by rows, dark squares true, without the quiet zone.

    Low error correction: larger squares for long addresses; a screen is not scratched.

    Raises:
        ValueError: the text is too long for any code.
    """
    if len(text.encode()) > _LONGEST:
        raise ValueError("too long for a code")
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.L)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    return tuple(
        tuple(bool(code.isDark(row, column)) for column in range(size)) for row in range(size)
    )
