# SPDX-License-Identifier: MIT
"""The practice folder: a practice as files anyone can write, imported all or nothing.

``rows`` holds the contract of every file, ``cells`` what may stand in a cell, ``checks`` what needs
more than one cell; ``read_folder`` puts them together without a database. ``matching`` compares a
folder with the practice, ``writing`` and ``money`` write what is new; ``import_folder`` does all.
"""

from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.exchange.practice_folder.content import FolderContent, Known
from mediyn_desktop.exchange.practice_folder.importing import import_folder
from mediyn_desktop.exchange.practice_folder.reading import read_folder
from mediyn_desktop.exchange.practice_folder.report import ImportReport, Unbilled

__all__ = [
    "CellError",
    "FolderContent",
    "ImportReport",
    "Known",
    "Unbilled",
    "import_folder",
    "read_folder",
]
