"""Plan a call, claim it, record what came of it, what people decide, and keep what is told."""

from marketplace.processor.service.keeping import keep_event
from marketplace.processor.service.planning import Plan, plan, plan_all
from marketplace.processor.service.ruling import rule
from marketplace.processor.service.sending import adopt, claim, question, record, ring_due

__all__ = [
    "Plan",
    "adopt",
    "claim",
    "keep_event",
    "plan",
    "plan_all",
    "question",
    "record",
    "ring_due",
    "rule",
]
