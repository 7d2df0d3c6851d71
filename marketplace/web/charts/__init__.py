"""Charts as inline SVG, drawn on the server.

No style attribute and no script: classes carry the colours, so both schemes work. Every chart has a
text alternative and its numbers in words; points show theirs on hover and focus.
"""

from __future__ import annotations

from marketplace.web.charts.curves import Spot, curve
from marketplace.web.charts.lines import Band, Series, line
from marketplace.web.charts.reliability import Foretold, reliability
from marketplace.web.charts.shapes import Bar, Share, bars, meter, share_bar, sparkline

__all__ = [
    "Band",
    "Bar",
    "Foretold",
    "Series",
    "Share",
    "Spot",
    "bars",
    "curve",
    "line",
    "meter",
    "reliability",
    "share_bar",
    "sparkline",
]
