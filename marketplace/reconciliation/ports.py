"""What reconciliation asks of a payment processor, in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class StatementLineFacts:
    """One movement of our balance at the processor.

    amount: gross, signed from our side. fee: what the processor kept. net = amount - fee, what the
    balance really moved. source_id: the object that caused it. raw: the answer as it came.
    """

    line_id: str
    kind: str
    source_id: str | None
    amount: Money
    fee: Money
    net: Money
    occurred_at: datetime
    available_on: date
    raw: Mapping[str, Any]


class StatementSource(Protocol):
    """Reads of our balance at the processor. Raises ``ProcessorUnavailable``."""

    def statement(self, *, from_at: datetime, until_at: datetime) -> Iterator[StatementLineFacts]:
        """Every movement made in [from_at, until_at), in no promised order."""
        ...

    def balance(self) -> dict[str, Money]:
        """Currency -> all we have there now, settled or not."""
        ...
