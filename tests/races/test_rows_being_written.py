"""A row of the columns that is read while it is written."""

from __future__ import annotations

import threading
from pathlib import Path

from marketplace.matching.columns import folder
from marketplace.matching.columns.torn import Maps
from tests.conftest import NOON


def test_readers_and_a_writer_at_once_never_see_half_a_row(tmp_path: Path) -> None:
    """A row whose numbers belong together is changed a thousand times under a reader."""
    maps = Maps()
    arrays = folder.make_files(tmp_path / "v", 1, maps)
    folder.write_lists(tmp_path / "v", {})
    (tmp_path / "v" / folder.CONTEXT).write_bytes(b"")
    facts = {"sorted_rows": 1}
    folder.finish(tmp_path / "v", maps, rows=1, capacity=1, mark=0, now=NOON, facts=facts)
    del arrays
    writer = folder.open_version(tmp_path / "v", writable=True)
    reader = folder.open_version(tmp_path / "v")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            writer.pulse["beat"] += 1
            writer.arrays["views"][0] = number
            writer.arrays["followers"][0] = number
            writer.pulse["beat"] += 1

    thread = threading.Thread(target=write)
    thread.start()
    seen = torn = 0
    while seen < 1_000:
        beat = reader.beat
        pair = int(reader.arrays["views"][0]), int(reader.arrays["followers"][0])
        if beat % 2 == 0 and reader.beat == beat:
            seen += 1
            torn += pair[0] != pair[1]
    stop.set()
    thread.join()

    assert torn == 0
