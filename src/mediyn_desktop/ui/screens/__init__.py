# SPDX-License-Identifier: MIT
"""The pages of the program, one package each; none imports another.

A screen is made as ``XScreen(context)`` and reaches the others through ``context.shell.go``.
"""
