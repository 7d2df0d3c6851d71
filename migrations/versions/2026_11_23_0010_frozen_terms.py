"""Agreed terms, offers and published briefs cannot be changed by anybody, not even by us.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

OFFERS: Final = """
CREATE OR REPLACE FUNCTION offers_keep_their_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an offer is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
    END IF;
    IF ROW(NEW.id, NEW.application_id, NEW.campaign_id, NEW.creator_id, NEW.brief_id, NEW.number,
           NEW.made_by, NEW.fee_minor, NEW.currency, NEW.creator_fee_bps, NEW.brand_fee_bps,
           NEW.hold_days, NEW.deliverables, NEW.usage_media, NEW.usage_days, NEW.revision_rounds,
           NEW.note, NEW.made_at, NEW.expires_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.application_id, OLD.campaign_id, OLD.creator_id, OLD.brief_id, OLD.number,
           OLD.made_by, OLD.fee_minor, OLD.currency, OLD.creator_fee_bps, OLD.brand_fee_bps,
           OLD.hold_days, OLD.deliverables, OLD.usage_media, OLD.usage_days, OLD.revision_rounds,
           OLD.note, OLD.made_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'the terms of an offer never change; another offer supersedes it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
    END IF;
    IF OLD.state <> 'open' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'an offer that is % stays so', OLD.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
    END IF;
    RETURN NEW;
END $$;
"""

BRIEFS: Final = """
CREATE OR REPLACE FUNCTION briefs_stay_as_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND (TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'a published brief never changes; an amendment is a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'briefs_stay_as_published';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
"""

COLLABORATIONS: Final = """
CREATE OR REPLACE FUNCTION collaborations_keep_their_terms() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a collaboration is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'collaborations_keep_their_terms';
    END IF;
    IF ROW(NEW.id, NEW.campaign_id, NEW.creator_id, NEW.brand_id, NEW.offer_id, NEW.agreed_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.campaign_id, OLD.creator_id, OLD.brand_id, OLD.offer_id, OLD.agreed_at) THEN
        RAISE EXCEPTION 'a collaboration stays what was agreed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'collaborations_keep_their_terms';
    END IF;
    RETURN NEW;
END $$;
"""

GRANTS: Final = """
CREATE OR REPLACE FUNCTION usage_grants_stay_as_agreed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a usage grant stays as it was agreed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_grants_stay_as_agreed';
END $$;
"""

GUARDS: Final = {
    "offers": ("offers_keep_their_terms", OFFERS),
    "briefs": ("briefs_stay_as_published", BRIEFS),
    "collaborations": ("collaborations_keep_their_terms", COLLABORATIONS),
    "usage_grants": ("usage_grants_stay_as_agreed", GRANTS),
}
"""Table -> the function that guards its rows, and the text of it."""


def upgrade() -> None:
    for table, (guard, text) in GUARDS.items():
        op.execute(text)
        op.execute(
            f"CREATE OR REPLACE TRIGGER {guard} BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {guard}()"
        )


def downgrade() -> None:
    for table, (guard, _) in GUARDS.items():
        op.execute(f"DROP TRIGGER {guard} ON {table}")
        op.execute(f"DROP FUNCTION {guard}()")
