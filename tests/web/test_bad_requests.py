"""Requests that no page of ours makes: each is answered, and none changes anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.web.access.asking import BASICS, form_of, path_of
from tests.web.access.table import ROWS
from tests.web.access.world import World, refused, words

pytestmark = pytest.mark.slow


def test_a_rival_changes_nothing_of_a_brand_and_learns_nothing(world: World) -> None:
    theirs = [row for row in ROWS if row.method == "POST" and row.gets["rival"] == "404"]

    answers = {
        row.endpoint: refused(
            world, "rival", path_of(world, row.endpoint), form_of(world, row.endpoint)
        )
        for row in theirs
        if row.endpoint.startswith("brand.")
    }

    assert len(answers) >= 20
    assert {answer.status_code for answer in answers.values()} == {404}
    assert all("or it is not yours to see." in words(answer) for answer in answers.values())
    assert not any("Acme" in answer.text for answer in answers.values())


def test_every_form_needs_its_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    buttons = [row for row in ROWS if row.method == "POST" and not row.endpoint.startswith("hooks")]

    for row in buttons:
        visitor = next(who for who, got in row.gets.items() if got == max(row.gets.values()))
        answer = refused(world, visitor, path_of(world, row.endpoint), form_of(world, row.endpoint))
        assert answer.status_code == 400, row.endpoint
        assert "That request could not be read" in words(answer), row.endpoint


def test_a_token_of_another_browser_is_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    page = world.client_of("owner").get("/brand/campaigns/new").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    answer = refused(world, "manager", "/brand/campaigns/new", BASICS | {"csrf_token": token})

    assert answer.status_code == 400


def test_a_page_is_not_a_button_and_a_button_is_no_page(world: World) -> None:
    doors: dict[str, dict[str, str]] = {}
    for row in ROWS:
        (rule,) = world.app.url_map.iter_rules(row.endpoint)
        doors.setdefault(rule.rule, {})[row.method] = path_of(world, row.endpoint)

    for allowed in doors.values():
        path = next(iter(allowed.values()))
        for method in {"GET", "POST", "PUT", "DELETE"} - set(allowed):
            assert world.ask("staff", method, path).status_code == 405, (method, path)


@pytest.mark.parametrize("visitor", ["nobody", "owner", "creator", "staff", "new"])
@pytest.mark.parametrize("path", ["/nothing", "/brand/nothing", "/campaigns/x", "/staff/x"])
def test_what_is_not_there_is_told_in_our_design(world: World, visitor: str, path: str) -> None:
    answer = refused(world, visitor, path, method="GET")

    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text
    assert "css/frame.css" in answer.text


NONSENSE = (
    "page=-1&sort=nonsense&dir=sideways&state=nonsense&step=nonsense&currency=xx&country=XX"
    "&topic=nothing&min_followers=-5&min_views=x&words=%25_%5C%27%22&shortlisted=maybe&code=zzz"
    "&kind=zzz&source=%0A&day=zzz&asked=-1&back=zzz&owner=zzz&before=zzz",
    "page=zzz&sort=id;drop&min_followers=NaN&words=%ED%A0%80&campaign=zzz&day=0001-01-01&before=-1",
    "page=999999999&day=9999-12-31&before=1.2.3&code=1010&next=https%3A%2F%2Fevil.example",
    "page=&state=&sort=&step=&currency=&country=&topic=&min_followers=&words=&campaign=&owner=&day=",
    "&".join(
        f"{name}={'9' * 40}"
        for name in (
            "page",
            "min_followers",
            "min_views",
            "before",
            "code",
            "asked",
            "day",
            "words",
        )
    ),
    "&".join(
        f"{name}=a%00b"
        for name in (
            "page",
            "sort",
            "words",
            "q",
            "source",
            "about",
            "state",
            "kind",
            "cause",
            "group",
            "owner",
            "next",
            "email",
            "code",
            "before",
            "currency",
            "campaign",
            "day",
            "back",
        )
    ),
    f"page=1&page=2&sort=views&sort=newest&words={'a' * 5_000}&source={'a' * 5_000}",
)


@pytest.mark.parametrize("visitor", ["nobody", "owner", "creator", "staff"])
def test_no_address_makes_a_page_stumble(world: World, visitor: str) -> None:
    pages = [row.endpoint for row in ROWS if row.method == "GET" and row.gets[visitor] == "200"]

    for endpoint in pages:
        path = path_of(world, endpoint)
        for query in NONSENSE:
            answer = world.ask(visitor, "GET", f"{path}?{query}")
            assert answer.status_code in {200, 303, 404, 422}, (path, query, answer.status_code)
            assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("number", ["-1", "zzz", "999999999"])
def test_a_page_out_of_range_is_the_nearest_one(world: World, number: str) -> None:
    answer = world.ask("owner", "GET", f"/brand/campaigns?page={number}")

    assert answer.status_code == 200
    assert "Beans in a minute" in answer.text or "Stews" in answer.text


class TestComingBackFromTikTok:
    """The callback of the consent page, with whatever somebody puts into its address."""

    def test_a_state_that_we_did_not_make_is_refused(self, world: World) -> None:
        answer = refused(
            world, "creator", "/creator/channels/tiktok/callback?state=wrong&code=c", method="GET"
        )

        assert answer.status_code == 409
        assert "onnect" in words(answer)

    def test_no_state_at_all_is_refused(self, world: World) -> None:
        answer = refused(world, "creator", "/creator/channels/tiktok/callback", method="GET")

        assert answer.status_code == 409

    def test_the_state_of_another_person_is_refused(self, world: World) -> None:
        answer = refused(world, "other", self._back(world, code="c"), method="GET")

        assert answer.status_code == 409

    def test_no_is_an_answer(self, world: World) -> None:
        with world.undone():
            client = world.client_of("creator")
            answer = client.get(self._back(world, error="access_denied"), follow_redirects=True)

        assert answer.status_code == 200
        assert "You did not allow it, so nothing was connected." in words(answer)

    def test_an_answer_without_a_code_connects_nothing(self, world: World) -> None:
        answer = world.ask("creator", "GET", self._back(world))

        assert answer.status_code == 409
        assert "nothing was connected" in words(answer)

    @pytest.fixture(autouse=True)
    def _soon(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is a little after the market was made, however long the tests before have taken."""
        ahead = NOON + timedelta(minutes=2) - datetime.now(UTC)
        (tmp_path / "soon").write_text(str(int(ahead.total_seconds())))
        monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "soon"))

    def test_a_tiktok_that_is_away_is_told_and_not_stumbled_over(self, world: World) -> None:
        answer = world.ask("creator", "GET", self._back(world, code="c"))

        assert answer.status_code == 409
        assert "TikTok could not be reached" in words(answer)

    def test_a_state_is_good_once(self, world: World) -> None:
        with world.undone():
            client = world.client_of("creator")
            client.get(self._back(world, error="access_denied"))
            again = client.get(self._back(world, code="c"))

        assert again.status_code == 409

    def test_a_state_of_yesterday_is_too_old(
        self, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        ahead = NOON + timedelta(days=1) - datetime.now(UTC)
        (tmp_path / "clock").write_text(str(int(ahead.total_seconds())))
        monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))

        answer = refused(world, "creator", self._back(world, code="c"), method="GET")

        assert answer.status_code == 409

    def _back(self, world: World, **arguments: str) -> str:
        query = "&".join(
            f"{key}={value}" for key, value in ({"state": world.ids["state"]} | arguments).items()
        )
        return f"/creator/channels/tiktok/callback?{query}"


def test_a_payment_service_that_is_away_is_told_and_not_stumbled_over(world: World) -> None:
    answer = refused(world, "creator", "/creator/payout-account/continue", method="GET")

    assert answer.status_code == 409
    assert "The payment service does not answer now" in words(answer)


@pytest.mark.parametrize("token", ["x", "x.y.z", "%00", "a" * 5_000])
@pytest.mark.parametrize("door", ["confirm", "reset-password", "invitation"])
def test_a_link_that_is_not_ours_opens_nothing(world: World, door: str, token: str) -> None:
    answer = refused(world, "nobody", f"/{door}/{token}", method="GET")

    assert answer.status_code == 410
    assert "This link is not complete, or it was not made by us" in words(answer)


def test_a_print_of_everything_shows_the_smallest_change(world: World) -> None:
    """The tests above stand on this: a change of one column of one row is seen."""
    before = world.everything()
    with world.undone():
        world.connection.execute(text("UPDATE brands SET website = 'https://x.example'"))
        changed = {name for name, seen in world.everything().items() if seen != before[name]}
    assert changed == {"brands"}
    assert world.everything() == before


def test_a_market_is_no_place_for_a_campaign_of_somebody_else(world: World) -> None:
    """The page of a creator can be asked about a campaign; another brand's is not found."""
    with world.undone():
        with Session(world.connection, join_transaction_mode="create_savepoint") as session:
            rival = world.people["rival"]
            (brand_id,) = rival.brands
            brand = session.get_one(type(world.ids["acme"]), brand_id)
            theirs = make_campaign(session, brand=brand, by=rival, name="Secret sauce")
            session.commit()
            path = f"/brand/creators/{world.ids['listed_id']}?campaign={theirs.id}"
        assert world.client_of("rival").get(path).status_code == 200
        answer = world.client_of("owner").get(path)
    assert answer.status_code == 404
    assert "Secret sauce" not in answer.text


def test_a_book_in_a_field_is_refused(world: World) -> None:
    """Wherever words can be typed, 100,000 letters are too many, and the page says so."""
    taken = []
    for endpoint, visitor, field in LONG:
        data = {**form_of(world, endpoint), field: "x" * 100_000}
        answer = refused(world, visitor, path_of(world, endpoint), data)
        if answer.status_code != 422:
            taken.append((endpoint, field, answer.status_code))
    assert taken == []


LONG = (
    ("brand.new_campaign", "owner", "name"),
    ("brand.edit_campaign", "owner", "name"),
    ("brand.edit_brief", "owner", "disclosure"),
    ("brand.amend_campaign", "owner", "change_note"),
    ("brand.make_offer", "owner", "note"),
    ("brand.make_offer", "owner", "deliverables-0-description"),
    ("brand.request_changes", "owner", "comment"),
    ("brand.approve", "owner", "comment"),
    ("brand.invite_member", "owner", "email"),
    ("creator.apply_to_brief", "other", "pitch"),
    ("creator.counter_offer", "creator", "note"),
    ("creator.edit_profile", "creator", "bio"),
    ("creator.edit_profile", "creator", "display_name"),
    ("creator.hand_in", "creator", "note"),
    ("creator.hand_in", "creator", "link"),
    ("creator.paste_post", "creator", "address"),
    ("creator.rates", "creator", "video"),
    ("public.create_brand", "new", "name"),
    ("public.create_brand", "new", "website"),
    ("public.create_creator", "new", "display_name"),
    ("public.create_creator", "new", "bio"),
    ("public.forgot_password", "nobody", "email"),
    ("public.reset_password", "nobody", "password"),
    ("public.sign_up", "nobody", "name"),
    ("public.sign_up", "nobody", "email"),
    ("public.sign_up", "nobody", "password"),
    ("staff.resolve_break", "staff", "resolution"),
)


@pytest.mark.parametrize("field", ["summary", "dos", "donts", "deliverables-0-description"])
def test_a_book_in_a_brief_is_refused(world: World, field: str) -> None:
    path = path_of(world, "brand.edit_brief").replace("rights", "brief")
    data = {
        "summary": "Cook.",
        "deliverables-0-format": "video",
        "deliverables-0-description": "A recipe",
        "deliverables-0-count": "1",
    }

    answer = refused(world, "owner", path, data | {field: "x" * 100_000})

    assert answer.status_code == 422


def test_a_long_invitation_is_told_and_not_sent(world: World) -> None:
    data = {**form_of(world, "brand.invite"), "message": "x" * 100_000}

    answer = refused(world, "owner", path_of(world, "brand.invite"), data)

    assert answer.status_code == 303
