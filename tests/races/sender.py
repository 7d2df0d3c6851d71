"""One of several processes that send all due transfers, as workers do. Run by test_pace."""

from __future__ import annotations

import sys
import time

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from marketplace.gateways.stripe_payments import StripePayments
from marketplace.kernel.clock import utc_now
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall, ProcessorLane


def main(database_url: str, api_base: str) -> None:
    """Claim, call, record, until nothing is due; print when the next after each has its turn."""
    payments = StripePayments(api_key="sk_test_sandbox", api_base=api_base)
    engine = create_engine(database_url)
    with Session(engine, expire_on_commit=False) as session:
        ids = session.scalars(select(ProcessorCall.id).order_by(ProcessorCall.id)).all()
        session.commit()
        for call_id in ids:
            instruction = processor.claim(session, call_id=call_id, now=utc_now())
            after = session.scalar(select(ProcessorLane.next_send_at))
            session.commit()
            if instruction is None:
                continue
            sys.stdout.write(f"{after}\n")
            time.sleep(instruction.wait.total_seconds())
            answer = payments.send(instruction)
            processor.record(session, instruction=instruction, answer=answer, now=utc_now())
            session.commit()
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
