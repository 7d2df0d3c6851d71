"""What the processor said to a call, in our words; what it said to the letter stays to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from marketplace.processor.models import ProcessorCall

BROKEN: Final = "The connection broke before an answer came: it may have happened."
OF_ITS_OWN: Final = "It gave no reason in words."
WORDS: Final[Mapping[str, str]] = {
    "account_invalid": "It does not let us use this account.",
    "amount_cannot_be_sent": "It has no way to write this amount.",
    "api_error": "It had trouble of its own: it may have happened.",
    "balance_insufficient": "Too little money was available on our balance.",
    "given_up": "Two of us called it off: it was not done.",
    "idempotency_error": "It knows this key with other parameters: a mistake of ours.",
    "idempotency_key_in_use": "An earlier try under the same key was still running.",
    "lease_over": "Nothing was sent: our own process slept through its turn.",
    "lock_timeout": "It was busy with the same object: nothing was done.",
    "rate_limit": "It gets too many calls at once: nothing was done.",
    "transfers_not_allowed": "This account cannot take transfers.",
}
"""The processor's code, or ours, -> what it means."""


@dataclass(frozen=True, slots=True)
class Said:
    """The last answer to a call. raw: to the letter; empty where our words say all there is."""

    words: str
    raw: str


def said(call: ProcessorCall) -> Said | None:
    """Return the last answer that was no success; None where there is none."""
    code, text = call.error_code or "", call.error_text or ""
    if not code and not text:
        return None
    raw = ": ".join(part for part in (code, text) if part)
    if code in WORDS:
        return Said(WORDS[code], raw)
    if code[:1].isupper():  # the name of an error in our own library, not the processor's word
        return Said(BROKEN, raw)
    return Said(text or OF_ITS_OWN, code)
