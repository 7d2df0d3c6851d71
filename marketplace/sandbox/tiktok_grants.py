"""What accounts of the sandbox TikTok have granted: codes, tokens, and their ends."""

from __future__ import annotations

from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.tiktok_world import CODE, GRANT, TOKEN, TikTokWorld, fresh_text

CODE_SECONDS: Final = 600
ACCESS_SECONDS: Final = 7_200
REFRESH_SECONDS: Final = 180 * 86_400

ACCESS, REFRESH = "access", "refresh"


class DeadGrant(Exception):
    """The code or the token is unknown, used, expired or revoked."""


def new_code(world: TikTokWorld, *, open_id: str, scopes: list[str], redirect_uri: str) -> str:
    """Return a code that is good once, for ten minutes, with the same redirect address."""
    code = fresh_text("code.", 40)
    world.store.put(
        CODE,
        code,
        {
            "open_id": open_id,
            "scopes": scopes,
            "redirect_uri": redirect_uri,
            "expires_at": world.now + CODE_SECONDS,
            "used": False,
        },
    )
    return code


def redeem_code(world: TikTokWorld, code: str, *, redirect_uri: str) -> dict[str, Any]:
    """Return the token answer for a code. Raises DeadGrant."""
    with world.store.transaction():
        consent = world.store.get(CODE, code)
        if (
            consent is None
            or consent["used"]
            or consent["expires_at"] <= world.now
            or consent["redirect_uri"] != redirect_uri
        ):
            raise DeadGrant
        world.store.put(CODE, code, {**consent, "used": True})
        grant = {
            "id": fresh_text("grant.", 16),
            "open_id": consent["open_id"],
            "scopes": consent["scopes"],
            "revoked": False,
        }
        world.store.put(GRANT, grant["id"], grant, scope=grant["open_id"])
        return _new_pair(world, grant)


def redeem_refresh(world: TikTokWorld, token: str) -> dict[str, Any]:
    """Return a new pair; the old refresh token is dead from now on. Raises DeadGrant."""
    with world.store.transaction():
        grant = grant_of(world, token, use=REFRESH)
        world.store.delete(TOKEN, token)
        return _new_pair(world, grant)


def grant_of(world: TikTokWorld, token: str, *, use: str) -> Document:
    """Return the living grant that a token belongs to. Raises DeadGrant."""
    held = world.store.get(TOKEN, token)
    if held is None or held["use"] != use or held["expires_at"] <= world.now:
        raise DeadGrant
    grant = world.store.get(GRANT, held["grant"])
    if grant is None or grant["revoked"]:
        raise DeadGrant
    return grant


def revoke_token(world: TikTokWorld, token: str) -> None:
    """End the grant of a token, access or refresh. Raises DeadGrant when it has ended already."""
    with world.store.transaction():
        held = world.store.get(TOKEN, token)
        grant = None if held is None else world.store.get(GRANT, held["grant"])
        if grant is None or grant["revoked"]:
            raise DeadGrant
        world.store.put(GRANT, grant["id"], {**grant, "revoked": True})


def living_grants(world: TikTokWorld, open_id: str) -> list[Document]:
    """Return the account's grants that nobody has ended."""
    return world.store.newest(GRANT, scope=open_id, equal={"revoked": False})


def revoke_all(world: TikTokWorld, open_id: str) -> int:
    """End all grants of an account, as its holder can; return how many there were."""
    with world.store.transaction():
        ended = living_grants(world, open_id)
        for grant in ended:
            world.store.put(GRANT, grant["id"], {**grant, "revoked": True})
    return len(ended)


def _new_pair(world: TikTokWorld, grant: Document) -> dict[str, Any]:
    access, refresh = fresh_text("act.SANDBOX"), fresh_text("rft.SANDBOX")
    for token, use, seconds in (
        (access, ACCESS, ACCESS_SECONDS),
        (refresh, REFRESH, REFRESH_SECONDS),
    ):
        world.store.put(
            TOKEN, token, {"use": use, "grant": grant["id"], "expires_at": world.now + seconds}
        )
    return {
        "access_token": access,
        "expires_in": ACCESS_SECONDS,
        "open_id": grant["open_id"],
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": refresh,
        "scope": ",".join(grant["scopes"]),
        "token_type": "Bearer",
    }
