"""Which sound a public video of TikTok plays, from the site's own oEmbed answer, without a key.

The Display API has no field for a sound; the text that embeds a video names it and links to its
page (https://developers.tiktok.com/doc/embed-videos). How a video that is not shown is refused is
not documented: any answer of 4xx, or one without that text, is taken for it.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from marketplace.creators.ports import Failure, FailureKind, FailureScope, Ok, Result, SoundSource
from marketplace.creators.rules import clean_sound
from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.tiktok_http import Http, checked_base
from marketplace.kernel.clock import utc_now

WHOLE_SECONDS: Final = 5.0


class TikTokSounds(SoundSource):
    """Asks for the sound of one video at a time. base: TikTok's site, or the sandbox's here."""

    def __init__(self, base: str) -> None:
        """Talk to nobody yet. Raises ValueError for a base that is not https."""
        self._http = Http(checked_base(base), timeout_seconds=WHOLE_SECONDS, clock=utc_now)

    def sound_of(self, *, handle: str, video_id: str) -> Result[str]:
        """Return the sound's name as TikTok shows it, empty where it shows none.

        NOT_VISIBLE for a video that is not shown to everybody.
        """
        no_transaction_open()
        address = f"https://www.tiktok.com/@{handle}/video/{video_id}"
        answer = self._http.ask_openly("/oembed", {"url": address})
        if isinstance(answer, Failure):
            return answer
        html = answer.data.get("html")
        if not isinstance(html, str):
            kind, scope = FailureKind.NOT_VISIBLE, FailureScope.ITEM
            return Failure(kind, scope, "", answer.status, detail="no html")
        return Ok(clean_sound(_named_in(html)))


class _Sounds(HTMLParser):
    """Keeps the text of the first link to the page of a sound."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and not self.name:
            self._inside = urlsplit(dict(attrs).get("href") or "").path.startswith("/music/")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.name += data


def _named_in(html: str) -> str:
    found = _Sounds()
    found.feed(html)
    found.close()
    return found.name
