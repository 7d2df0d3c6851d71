"""Post addresses as people paste them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import InvalidInput
from marketplace.metrics.rules.addresses import (
    SENTENCES,
    AddressRefusal,
    PostAddress,
    parse_post_address,
)

ID = "7345678901234567890"
TUBE = "Abc_12-xYz9"
GRAM = "DAbCdEfGhIj"

GOOD = [
    (f"https://www.tiktok.com/@maya.cooks/video/{ID}", "tiktok", ID, "maya.cooks"),
    (
        f"https://www.tiktok.com/@maya.cooks/video/{ID}?is_from_webapp=1&sender_device=pc&web_id=1",
        "tiktok",
        ID,
        "maya.cooks",
    ),
    (f"tiktok.com/@maya.cooks/photo/{ID}", "tiktok", ID, "maya.cooks"),
    (f"https://www.tiktok.com/@/video/{ID}", "tiktok", ID, None),
    (f"https://www.tiktok.com/@Maya.Cooks/video/{ID}/", "tiktok", ID, "maya.cooks"),
    (f"https://www.tiktok.com/%40maya.cooks/video/{ID}#top", "tiktok", ID, "maya.cooks"),
    (f"https://m.tiktok.com/v/{ID}.html", "tiktok", ID, None),
    (f"https://m.tiktok.com/v/{ID}", "tiktok", ID, None),
    (f"https://www.tiktok.com/embed/{ID}", "tiktok", ID, None),
    (f"https://www.tiktok.com/embed/v2/{ID}", "tiktok", ID, None),
    (f"https://www.tiktok.com/player/v1/{ID}?autoplay=1", "tiktok", ID, None),
    (f"https://www.tiktok.com/share/video/{ID}", "tiktok", ID, None),
    (f"https://www.tiktokv.com/share/video/{ID}/", "tiktok", ID, None),
    (f"https://www.tiktok.com/foryou?item_id={ID}", "tiktok", ID, None),
    (f"https://www.tiktok.com/@maya.cooks?item_id={ID}", "tiktok", ID, None),
    ("https://www.tiktok.com/@a/video/734567890123456", "tiktok", "734567890123456", "a"),
    (f"https://www.youtube.com/watch?v={TUBE}&t=42s&list=PL1", "youtube", TUBE, None),
    (f"https://m.youtube.com/watch?app=desktop&v={TUBE}", "youtube", TUBE, None),
    (f"https://music.youtube.com/watch?v={TUBE}", "youtube", TUBE, None),
    (f"https://www.youtube.com/watch_popup?v={TUBE}", "youtube", TUBE, None),
    (f"https://youtu.be/{TUBE}?si=qwe", "youtube", TUBE, None),
    (f"https://youtube.com/shorts/{TUBE}?feature=share", "youtube", TUBE, None),
    (f"https://www.youtube.com/live/{TUBE}", "youtube", TUBE, None),
    (f"https://www.youtube.com/v/{TUBE}", "youtube", TUBE, None),
    (f"https://www.youtube.com/e/{TUBE}", "youtube", TUBE, None),
    (f"https://www.youtube-nocookie.com/embed/{TUBE}", "youtube", TUBE, None),
    (
        f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{TUBE}%26feature%3Dshare",
        "youtube",
        TUBE,
        None,
    ),
    (f"HTTPS://WWW.YouTube.com/watch?v={TUBE}", "youtube", TUBE, None),
    (f"https://www.instagram.com/reel/{GRAM}/?igsh=xyz", "instagram", GRAM, None),
    (f"https://www.instagram.com/reels/{GRAM}/", "instagram", GRAM, None),
    (f"https://www.instagram.com/tv/{GRAM}/", "instagram", GRAM, None),
    (f"https://www.instagram.com/p/{GRAM}/?img_index=1", "instagram", GRAM, None),
    (f"https://www.instagram.com/maya.cooks/reel/{GRAM}/", "instagram", GRAM, "maya.cooks"),
    (f"https://www.instagram.com/maya.cooks/p/{GRAM}/", "instagram", GRAM, "maya.cooks"),
    (f"https://www.instagram.com/p/{GRAM}/embed/", "instagram", GRAM, None),
    (f"https://www.instagram.com/p/{GRAM}/embed/captioned/", "instagram", GRAM, None),
    (f"instagr.am/p/{GRAM}", "instagram", GRAM, None),
    # what comes along when people copy
    (f"http://www.tiktok.com:80/@a/video/{ID}", "tiktok", ID, "a"),
    (f"https://www.tiktok.com.:443/@a/video/{ID}", "tiktok", ID, "a"),
    (f"  <https://www.tiktok.com/@a/video/{ID}>\n", "tiktok", ID, "a"),
    (f"“https://www.tiktok.com/@a/video/{ID}”", "tiktok", ID, "a"),
    (f"\u200bhttps://www.tiktok.com/@a/video/{ID}\ufeff", "tiktok", ID, "a"),
    (f"//www.tiktok.com/@a/video/{ID}", "tiktok", ID, "a"),
]

SHORT = [
    ("https://vm.tiktok.com/ZMabc123x/", "tiktok", "ZMabc123x"),
    ("vt.tiktok.com/ZSabc123x", "tiktok", "ZSabc123x"),
    ("https://www.tiktok.com/t/ZTabc123x/", "tiktok", "ZTabc123x"),
    ("https://www.instagram.com/share/reel/BAAbCdEfG/", "instagram", "BAAbCdEfG"),
    ("https://www.instagram.com/share/p/BAAbCdEfG/", "instagram", "BAAbCdEfG"),
    ("https://www.instagram.com/share/v/BAAbCdEfG/", "instagram", "BAAbCdEfG"),
    ("https://www.instagram.com/share/BAAbCdEfG/", "instagram", "BAAbCdEfG"),
]

R = AddressRefusal
BAD = [
    ("", R.EMPTY),
    (" \n\u200b", R.EMPTY),
    (f"https://www.tiktok.com/@a/video/{ID}?x=" + "y" * 2_048, R.TOO_LONG),
    ("https://www.tiktok.com/@maya.cooks", R.PROFILE),
    ("https://www.tiktok.com/@maya.cooks/", R.PROFILE),
    ("https://www.tiktok.com/@maya.cooks/live", R.PLAYLIST_OR_LIVE),
    ("https://www.tiktok.com/@maya.cooks/playlist/best-1", R.PLAYLIST_OR_LIVE),
    ("https://www.tiktok.com/music/a-song-123", R.AUDIO_PAGE),
    ("https://www.tiktok.com/", R.NOT_A_POST),
    ("https://www.tiktok.com/foryou", R.NOT_A_POST),
    ("https://vm.tiktok.com/", R.NOT_A_POST),
    ("https://vm.tiktok.com/!", R.BAD_ID),
    ("https://www.tiktok.com/@a/video/12345", R.BAD_ID),
    ("https://www.tiktok.com/@a/video/", R.BAD_ID),
    ("https://www.tiktok.com/@a/video/７３４５６７８９０１２３４５６７８９０", R.BAD_ID),
    (f"https://www.tiktok.com/@a/video/{ID}123", R.BAD_ID),
    (f"https://tiktok.com.evil.example/@a/video/{ID}", R.HOST_NOT_ALLOWED),
    (f"https://evil-tiktok.com/@a/video/{ID}", R.HOST_NOT_ALLOWED),
    (f"https://evil.example:8443/@a/video/{ID}", R.HOST_NOT_ALLOWED),
    (f"https://user@www.tiktok.com/@a/video/{ID}", R.USERINFO),
    (f"https://www.tiktok.com@evil.example/@a/video/{ID}", R.USERINFO),
    (f"https://www.tiktok.com:8443/@a/video/{ID}", R.PORT),
    ("https://www.youtube.com/@maya", R.CHANNEL),
    ("https://www.youtube.com/channel/UC123", R.CHANNEL),
    ("https://www.youtube.com/c/maya", R.CHANNEL),
    ("https://www.youtube.com/playlist?list=PL1", R.PLAYLIST_OR_LIVE),
    ("https://www.youtube.com/watch?list=PL1", R.PLAYLIST_OR_LIVE),
    ("https://www.youtube.com/embed/videoseries?list=PL1", R.PLAYLIST_OR_LIVE),
    ("https://www.youtube.com/clip/Ugkx123", R.CLIP),
    ("https://www.youtube.com/redirect?q=https://evil.example", R.REDIRECTOR),
    ("https://www.youtube.com/attribution_link?u=https://evil.example/watch", R.REDIRECTOR),
    ("https://www.youtube.com/attribution_link?u=/attribution_link?u=/watch", R.REDIRECTOR),
    ("https://www.youtube.com/", R.NOT_A_POST),
    ("https://youtu.be/", R.NOT_A_POST),
    ("https://youtu.be/short", R.BAD_ID),
    (f"https://www.youtube.com/watch?v={TUBE}x", R.BAD_ID),
    ("https://www.instagram.com/stories/maya/123/", R.STORY),
    ("https://www.instagram.com/reels/audio/123/", R.AUDIO_PAGE),
    ("https://www.instagram.com/maya.cooks/", R.PROFILE),
    ("https://www.instagram.com/explore/", R.NOT_A_POST),
    ("https://www.instagram.com/p/abc/", R.BAD_ID),
    ("http://169.254.169.254/latest", R.IP_LITERAL),
    ("http://2852039166/latest", R.IP_LITERAL),
    ("http://0x7f.0.0.1/latest", R.IP_LITERAL),
    ("http://[::1]/latest", R.IP_LITERAL),
    (f"ftp://youtu.be/{TUBE}", R.SCHEME),
    (f"file:///@a/video/{ID}", R.SCHEME),
    ("javascript:alert(1)", R.NOT_AN_ADDRESS),
    ("hello", R.NOT_AN_ADDRESS),
    ("https://", R.NOT_AN_ADDRESS),
    ("http://[::1", R.NOT_AN_ADDRESS),
    (f"see https://www.tiktok.com/@a/video/{ID}", R.NOT_AN_ADDRESS),
    (f"https:\\\\www.tiktok.com\\@a\\video\\{ID}", R.NOT_AN_ADDRESS),
    (f"https://www.tiktok.com/@a/vid\neo/{ID}", R.NOT_AN_ADDRESS),
]


@pytest.mark.parametrize(("text", "platform", "key", "handle"), GOOD)
def test_an_address_names_one_post(text: str, platform: str, key: str, handle: str | None) -> None:
    found = parse_post_address(text)
    assert (found.platform, found.video_id, found.handle) == (platform, key, handle)
    assert not found.is_short


@pytest.mark.parametrize(("text", "platform", "key"), SHORT)
def test_a_short_link_names_a_post_that_must_be_looked_up(
    text: str, platform: str, key: str
) -> None:
    found = parse_post_address(text)
    assert (found.platform, found.video_id, found.is_short) == (platform, key, True)


@pytest.mark.parametrize(("text", "why"), BAD)
def test_what_is_no_post_is_refused_with_its_own_sentence(text: str, why: AddressRefusal) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_post_address(text)
    assert caught.value.problems == {"address": SENTENCES[why]}


def test_every_refusal_has_one_sentence_that_no_other_has() -> None:
    assert set(SENTENCES) == set(AddressRefusal)
    assert len(set(SENTENCES.values())) == len(AddressRefusal)
    assert {why for _, why in BAD} == set(AddressRefusal)
    for sentence in SENTENCES.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        (
            PostAddress("tiktok", ID, "maya.cooks"),
            f"https://www.tiktok.com/@maya.cooks/video/{ID}",
        ),
        (PostAddress("tiktok", ID), f"https://www.tiktok.com/@/video/{ID}"),
        (PostAddress("youtube", TUBE), f"https://www.youtube.com/watch?v={TUBE}"),
        (PostAddress("instagram", GRAM), f"https://www.instagram.com/p/{GRAM}/"),
        (
            PostAddress("tiktok", "ZMabc123x", is_short=True),
            "https://www.tiktok.com/t/ZMabc123x/",
        ),
        (
            PostAddress("instagram", "BAAbCdEfG", is_short=True),
            "https://www.instagram.com/share/BAAbCdEfG/",
        ),
    ],
)
def test_the_canonical_address(address: PostAddress, canonical: str) -> None:
    assert address.canonical == canonical


@pytest.mark.parametrize("text", [row[0] for row in GOOD] + [row[0] for row in SHORT])
def test_the_canonical_address_leads_to_the_same_post(text: str) -> None:
    found = parse_post_address(text)
    again = parse_post_address(found.canonical)
    assert (again.platform, again.video_id, again.is_short) == (
        found.platform,
        found.video_id,
        found.is_short,
    )


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z.:@\[\]0-9]{0,30}/.{0,30}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert parse_post_address(text).video_id
