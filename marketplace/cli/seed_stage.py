"""Where the demo's past is played: acts through the services, and hands in the sandbox.

Nothing is written that a person or a job would not have written; what people do at the payment
processor and at TikTok is done in the sandbox over HTTP, as their browsers would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from marketplace.creators import queries as creator_queries
from marketplace.creators import service as creators
from marketplace.creators.models import Platform
from marketplace.creators.ports import Ok, Result
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction

T = TypeVar("T")

CARD: Final = "4242 4242 4242 4242"
DISPUTED: Final = "4000 0000 0000 0259"
"""A card whose bank takes the money back (docs.stripe.com/testing)."""
CONNECTED_FIGURES: Final = 12
"""Past videos of an account that was just met."""


class Passing(Protocol):
    """The clock of product and sandbox, and the jobs that follow from what people do."""

    def settle(self) -> None:
        """Let every job that waits happen."""

    def sleep(self, step: timedelta) -> None:
        """Let so much time pass, with everything that falls due in it."""

    def leap(self, step: timedelta) -> None:
        """Let so much time pass at once: what falls due in it happens at its end."""

    def arrive(self) -> None:
        """Let the rest of the time pass: it is now."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The product without its processes, beside a running sandbox.

    gateways: as ``app.py`` picked them. base_url, sandbox_url: without a slash at the end.
    browser: in which people press what is not the product's.
    """

    gateways: Any
    base_url: str
    sandbox_url: str
    stripe_key: str
    time: Passing
    browser: httpx.Client

    def act(self, verb: Callable[..., T], **words: Any) -> T:
        """Let somebody do something now, and everything that follows from it."""
        with transaction() as session:
            outcome = verb(session, now=utc_now(), **words)
        self.time.settle()
        return outcome

    def pay(self, checkout_url: str, *, card: str = CARD) -> None:
        """Press Pay on a payment page."""
        self._post(checkout_url, {"card": card, "email": "accounts@tinandthyme.test"})

    def onboard(self, stripe_account_id: str, *, holder: str, bank: str) -> None:
        """Fill in the processor's own form about a creator's bank account."""
        link = self.gateways.accounts.onboarding_link(
            stripe_account_id, return_url=self.base_url, refresh_url=self.base_url
        )
        self._post(link, {"holder": holder, "bank": bank})

    def connect(self, creator: Actor) -> str:
        """Walk a creator through TikTok's consent page; returns the handle of the account."""
        assert creator.creator_id is not None
        with reading() as session:
            listed = creator_queries.channel_of(session, creator_id=creator.creator_id)
        assert listed is not None
        assert listed.handle is not None  # everybody invented has one
        self.control(
            "tiktok/control/accounts",
            handle=listed.handle,
            followers=listed.follower_count,
            past_videos=CONNECTED_FIGURES,
        )
        state = self.act(creators.start_connect, actor=creator, platform=Platform.TIKTOK)
        callback = f"{self.base_url}/creator/channels/tiktok/callback"
        consent = self.gateways.tiktok.authorize_url(state, callback)
        back = self._post(consent, {"answer": "allow", "handle": listed.handle})
        answer = parse_qs(urlsplit(back.headers["Location"]).query)
        self.act(creators.take_connect, actor=creator, platform=Platform.TIKTOK, state=state)
        grant = _good(self.gateways.tiktok.exchange_code(answer["code"][0], callback))
        account = _good(self.gateways.tiktok.account(grant.access_token))
        self.act(
            creators.finish_connect,
            actor=creator,
            platform=Platform.TIKTOK,
            grant=grant,
            account=account,
        )
        return listed.handle

    def publish(
        self, handle: str, description: str, *, total_views: int, like_bps: int | None = None
    ) -> tuple[str, str]:
        """Publish a video on TikTok that will have so many views; returns its id and address.

        like_bps: how many likes it gets for 10,000 of them; as TikTok has it when None.
        """
        video = self.control(
            "tiktok/control/videos",
            handle=handle,
            description=description,
            total_views=total_views,
            **({} if like_bps is None else {"like_bps": like_bps}),
        )
        return str(video["id"]), str(video["share_url"])

    def transfer_by_hand(self, stripe_account_id: str, *, minor: int) -> None:
        """Move money in the processor's dashboard, past the product, as nobody should."""
        answer = self.browser.post(
            f"{self.sandbox_url}/v1/transfers",
            data={"amount": minor, "currency": "usd", "destination": stripe_account_id},
            headers={"Authorization": f"Bearer {self.stripe_key}"},
        )
        answer.raise_for_status()

    def control(self, path: str, /, **wish: Any) -> dict[str, Any]:
        """Turn one of the sandbox's own switches."""
        answer = self.browser.post(f"{self.sandbox_url}/{path}", json=wish)
        answer.raise_for_status()
        return dict(answer.json())

    def _post(self, url: str, form: dict[str, str]) -> httpx.Response:
        answer = self.browser.post(url, data=form)
        assert answer.status_code == httpx.codes.SEE_OTHER, f"{url}: {answer.status_code}"
        return answer


def _good(answer: Result[T]) -> T:
    assert isinstance(answer, Ok), answer
    return answer.value
