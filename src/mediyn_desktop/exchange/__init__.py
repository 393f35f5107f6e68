# SPDX-License-Identifier: MIT
"""Data coming in from files and going out to files.

Imports the rooms up to ``dayclose``. ``practice_folder`` reads the practice folder of the contract:
all or nothing, every bad cell named. A new file format is a new module here.
"""
