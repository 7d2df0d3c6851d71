"""The verbs of authenticity: question views, object to that, and have the last word."""

from marketplace.authenticity.service.assessing import assess
from marketplace.authenticity.service.deciding import (
    appeal,
    clear,
    confirm,
    end_silent,
    silent_ids,
)

__all__ = ["appeal", "assess", "clear", "confirm", "end_silent", "silent_ids"]
