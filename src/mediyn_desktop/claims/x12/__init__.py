# SPDX-License-Identifier: MIT
"""X12 005010 codecs: no file, no database, no clock, no network.

``segments`` splits and joins any interchange, ``charset`` fits text to what X12 can carry,
``envelope`` wraps a transaction, ``model837p``, ``loops837p`` and ``claim837p`` write professional
claims, ``rules837p`` and ``check837p`` look for what a payer would refuse. A codec for another
transaction set is one more module here.
"""
