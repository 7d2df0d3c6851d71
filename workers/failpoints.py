"""Named points at which the crash tests let a worker die. Nowhere else do they do anything.

``FAIRVIEW_DIE_AT`` names one point, or a point and ``parent``: then the worker dies and the child
that does the job lives on. It counts only beside the demo's sandbox; with a real Stripe key the
product is never a demo, and the name is not even looked at.
"""

from __future__ import annotations

import os
import signal
from typing import Final

VARIABLE: Final = "FAIRVIEW_DIE_AT"


def reach(point: str) -> None:
    """Come by a point: die here, as by SIGKILL, if the crash tests say so."""
    if os.environ.get("FAIRVIEW_DEMO") != "1":
        return
    name, _, who = os.environ.get(VARIABLE, "").partition(":")
    if name != point:
        return
    os.kill(os.getppid(), signal.SIGKILL)  # RQ runs each job in a child of the worker
    if who != "parent":
        os.kill(os.getpid(), signal.SIGKILL)
