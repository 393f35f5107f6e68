# SPDX-License-Identifier: MIT
"""What the books say to people: what needs attention, and where money leaks. Reads only."""
