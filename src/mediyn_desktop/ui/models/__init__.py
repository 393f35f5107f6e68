# SPDX-License-Identifier: MIT
"""Table models. ``Column`` says how a row is shown; the row itself stays a frozen dataclass.

``RowsModel`` holds a list (under about 2,000 rows); ``PagedTableModel`` holds ordered ids and
fetches pages of 200 rows off the GUI thread. Sorting and filtering happen in SQL: the model asks
for it through ``sort_requested`` and never compares rows itself.
"""
