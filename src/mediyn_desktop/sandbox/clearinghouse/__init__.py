# SPDX-License-Identifier: MIT
"""A clearinghouse in a folder: takes 837P files, answers with 999, 277CA and 835.

``reading`` takes claims apart, ``acknowledging`` says what was accepted, ``adjudicating`` decides
what is paid, ``remitting`` writes the 835, ``answering`` does it for a folder. Imports ``core``
only: on purpose it shares no X12 code with the program it answers.
"""

from mediyn_desktop.sandbox.clearinghouse.answering import Answered, answer, answer_folder
from mediyn_desktop.sandbox.clearinghouse.reading import NotClaims

__all__ = ["Answered", "NotClaims", "answer", "answer_folder"]
