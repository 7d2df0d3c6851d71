"""What the processor still asks of a creator, in plain words. Pure.

The codes are those of Stripe's requirements (v1: ``requirements.currently_due``; v2: the
descriptions of ``requirements.entries``), read by their last parts, which both share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the processor asks for.

    code: in its own words. due_at: until when; None for now, before anything can be sent.
    overdue: it was due and has stopped payouts.
    """

    code: str
    due_at: datetime | None = None
    overdue: bool = False

    @property
    def sentence(self) -> str:
        """What to do, in plain words; a code we do not know is shown as it is."""
        return sentence_for(self.code)

    def to_json(self) -> dict[str, Any]:
        """Return it as kept in a row."""
        due_at = self.due_at.isoformat() if self.due_at is not None else None
        return {"code": self.code, "due_at": due_at, "overdue": self.overdue}


def requirement_from(kept: dict[str, Any]) -> Requirement:
    """Return a requirement as it was kept in a row."""
    due_at = datetime.fromisoformat(kept["due_at"]) if kept["due_at"] else None
    return Requirement(kept["code"], due_at, overdue=kept["overdue"])


SENTENCES: Final = {
    "additional_document": "Upload a second document that proves who you are.",
    "address": "Give your address.",
    "address.city": "Give the city of your address.",
    "address.line1": "Give the street of your address.",
    "address.postal_code": "Give the postal code of your address.",
    "address.state": "Give the state of your address.",
    "bank_account": "Give the bank account your money should go to.",
    "business_type": "Say whether you are paid as a person or as a company.",
    "date_of_birth": "Give your date of birth.",
    "dob": "Give your date of birth.",
    "dob.day": "Give your date of birth.",
    "dob.month": "Give your date of birth.",
    "dob.year": "Give your date of birth.",
    "document": "Upload a passport or identity card.",
    "document.back": "Upload the back of your identity card.",
    "document.front": "Upload a passport or the front of your identity card.",
    "email": "Give your e-mail address.",
    "external_account": "Give the bank account your money should go to.",
    "external_accounts": "Give the bank account your money should go to.",
    "first_name": "Give your first name.",
    "given_name": "Give your first name.",
    "id_number": "Give your tax or identity number.",
    "last_name": "Give your family name.",
    "mcc": "Choose what kind of work you do.",
    "phone": "Give your phone number.",
    "product_description": "Describe your work in a sentence.",
    "ssn_last_4": "Give the last four digits of your social security number.",
    "surname": "Give your family name.",
    "tos_acceptance": "Accept the terms of the payment service.",
    "tos_acceptance.date": "Accept the terms of the payment service.",
    "tos_acceptance.ip": "Accept the terms of the payment service.",
    "url": "Give the address of your site or your profile.",
}
"""The end of a requirement's code -> what to do."""


def sentence_for(code: str) -> str:
    """Return what to do for a requirement; the longest end of the code that we know counts."""
    parts = code.split(".")
    for start in range(len(parts)):
        known = SENTENCES.get(".".join(parts[start:]))
        if known is not None:
            return known
    return f"Stripe asks for: {code}."


_NOW: Final = datetime.min.replace(tzinfo=UTC)
"""Before every date."""


def what_to_do(requirements: Sequence[Requirement]) -> list[Requirement]:
    """Return one requirement for each thing to do, the most pressing first.

    Codes that come to the same thing (day, month and year of birth) are one thing to do.
    """
    pressing = sorted(requirements, key=lambda each: (not each.overdue, each.due_at or _NOW))
    first: dict[str, Requirement] = {}
    for each in pressing:
        first.setdefault(each.sentence, each)
    return list(first.values())


class BankState(StrEnum):
    """How a payment from the processor to a creator's bank stands."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    """The bank sent it back; it is the creator's money at the processor."""
    CANCELED = "canceled"


BANK_SENTENCES: Final = {
    "account_closed": "The bank says that this account is closed.",
    "account_frozen": "The bank says that this account is frozen.",
    "bank_account_restricted": "The bank says that this account may not take such payments.",
    "bank_ownership_changed": "The bank account belongs to somebody else now.",
    "could_not_process": "The bank could not process it.",
    "debit_not_authorized": "The bank does not allow it on this account.",
    "declined": "The bank declined it.",
    "incorrect_account_holder_name": "The name does not fit the bank account.",
    "incorrect_account_holder_address": "The address does not fit the bank account.",
    "incorrect_account_type": "The bank account is of the wrong kind.",
    "invalid_account_number": "The bank knows no account of this number.",
    "invalid_account_number_length": "The account number has the wrong length.",
    "invalid_currency": "The bank account does not take this currency.",
    "no_account": "The bank knows no such account.",
}
"""Stripe's failure codes of payouts -> what the bank said."""


def bank_said(failure_code: str) -> str:
    """Return why a bank sent money back; a code that we do not know is shown as it is."""
    if not failure_code:
        return "The bank did not say why."
    return BANK_SENTENCES.get(failure_code, f"The bank said: {failure_code}.")
