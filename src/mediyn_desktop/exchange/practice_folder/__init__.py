# SPDX-License-Identifier: MIT
"""The practice folder: a practice as files anyone can write, imported all or nothing.

``rows`` holds the contract of every file, ``cells`` what may stand in a cell, ``checks`` what needs
more than one cell; ``read_folder`` puts them together without a database.
"""

from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.exchange.practice_folder.content import FolderContent, Known
from mediyn_desktop.exchange.practice_folder.reading import read_folder

__all__ = ["CellError", "FolderContent", "Known", "read_folder"]
