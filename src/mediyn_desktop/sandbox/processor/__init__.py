# SPDX-License-Identifier: MIT
"""A card processor on the loopback interface that behaves like the real one.

``http`` serves sockets and line faults, ``dispatch`` turns a request into a reply, one module per
resource holds its handlers, ``state`` holds the objects. A new resource is a new module with
``ROUTES``, listed in ``dispatch``. Imports ``core`` and the standard library only.
"""

from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind, FaultPlan
from mediyn_desktop.sandbox.processor.http import CardProcessor
from mediyn_desktop.sandbox.processor.state import State, Taken

__all__ = ["Behaviour", "CardProcessor", "Fault", "FaultKind", "FaultPlan", "State", "Taken"]
