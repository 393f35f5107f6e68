# SPDX-License-Identifier: MIT
"""Kinds of plans as claims name them: the claim filing indicator of 005010X222A1, SBR09.

The words are this program's own.
"""

from __future__ import annotations

FILING_KINDS = {
    "CI": "Commercial",
    "BL": "Blue Cross Blue Shield",
    "HM": "HMO",
    "12": "PPO",
    "13": "Point of service",
    "14": "EPO",
    "15": "Indemnity",
    "16": "HMO with Medicare",
    "17": "Dental",
    "MB": "Medicare part B",
    "MA": "Medicare part A",
    "MC": "Medicaid",
    "CH": "Tricare",
    "VA": "Veterans Affairs",
    "FI": "Federal employees",
    "OF": "Other federal",
    "TV": "Title V",
    "WC": "Workers' compensation",
    "AM": "Auto medical",
    "LM": "Liability medical",
    "DS": "Disability",
    "11": "Other, not federal",
    "09": "Self-pay",
    "ZZ": "Not known",
}
