# SPDX-License-Identifier: MIT
"""Coding rules and public code tables: what a service, a diagnosis or an identifier may be.

Pure functions and small tables; imports ``core`` only and reads nothing but its own ``data``
folder (and, in ``icd10_files``, a newer code file the user picked). Nothing here knows a client, a
price or a database.

Where a new one goes: a word people type into a practice folder in ``vocabulary``; a billing rule
in the module of its code list (``cpt``, ``places``, ``icd10``, ``adjustments``); an identifier with
a shape or a check digit in a module of its own (``npi``, ``tax_ids``, ``taxonomy``, ``postal``);
date rules in ``business_days``.

Labels are ours. CPT descriptors belong to the AMA and adjustment reason texts to X12; neither is
reproduced. ICD-10-CM titles are the public domain text of NCHS.
"""
