"""Plan a call, claim it, record what came of it, and what people decide about it."""

from marketplace.processor.service.planning import Plan, plan, plan_all
from marketplace.processor.service.ruling import rule
from marketplace.processor.service.sending import adopt, claim, question, record, ring_due

__all__ = [
    "Plan",
    "adopt",
    "claim",
    "plan",
    "plan_all",
    "question",
    "record",
    "ring_due",
    "rule",
]
