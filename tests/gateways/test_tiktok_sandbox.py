"""The sandbox TikTok itself: as strict as the real one, with pages for people."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from marketplace.kernel.clock import utc_now
from marketplace.metrics.rules.addresses import parse_post_address
from marketplace.sandbox.tiktok_world import TikTokSettings
from tests.gateways.tiktok_sandbox import (
    CALLBACK,
    LIST,
    QUERY,
    STATE,
    TOKEN,
    SandboxTikTok,
    read_one,
    running_tiktok,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = {
    "client_key": "sandbox-client",
    "response_type": "code",
    "scope": "user.info.basic,video.list",
    "redirect_uri": CALLBACK,
    "state": STATE,
}
CREDENTIALS = {"client_key": "sandbox-client", "client_secret": "sandbox-secret"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxTikTok]:
    with running_tiktok(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def token(sandbox: SandboxTikTok) -> str:
    return sandbox.connect().access_token


def ask(
    sandbox: SandboxTikTok, path: str, token: str, *, query: str = "fields=id", **more: Any
) -> httpx.Response:
    method = "GET" if path == "/v2/user/info/" else "POST"
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return sandbox.browser.request(method, f"{sandbox.base}{path}?{query}", headers=headers, **more)


# The interface


@pytest.mark.parametrize(
    ("path", "query", "body"),
    [
        ("/v2/user/info/", "", None),
        ("/v2/user/info/", "fields=", None),
        ("/v2/user/info/", "fields=open_id,password", None),
        ("/v2/user/info/", "fields=open_id&more=1", None),
        (LIST, "", {}),
        (LIST, "fields=id,nonsense", {}),
        (LIST, "fields=id", {"max_count": 21}),
        (LIST, "fields=id", {"max_count": 0}),
        (LIST, "fields=id", {"max_count": "5"}),
        (LIST, "fields=id", {"cursor": -1}),
        (LIST, "fields=id", {"offset": 1}),
        (LIST, "fields=id", []),
        (QUERY, "fields=id", {}),
        (QUERY, "fields=id", {"filters": {}}),
        (QUERY, "fields=id", {"filters": {"video_ids": []}}),
        (QUERY, "fields=id", {"filters": {"video_ids": [7]}}),
        (QUERY, "fields=id", {"filters": {"video_ids": ["seven"]}}),
        (QUERY, "fields=id", {"filters": {"video_ids": [str(n) for n in range(21)]}}),
        (QUERY, "", {"filters": {"video_ids": ["1"]}}),
    ],
)
def test_a_wrong_question_is_refused(
    sandbox: SandboxTikTok, token: str, path: str, query: str, body: Any
) -> None:
    answer = ask(sandbox, path, token, query=query, **({} if body is None else {"json": body}))
    assert answer.status_code == 400
    assert answer.json()["data"] == {}
    assert answer.json()["error"]["code"] == "invalid_params"


def test_a_body_that_is_not_json_is_refused(sandbox: SandboxTikTok, token: str) -> None:
    assert ask(sandbox, LIST, token, data={"max_count": "5"}).status_code == 400
    half: dict[str, Any] = {"content": "{", "headers": {"Content-Type": "application/json"}}
    assert ask(sandbox, LIST, token, **half).status_code == 400


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc"])
def test_without_a_good_token_nothing_is_told(sandbox: SandboxTikTok, header: str) -> None:
    answer = sandbox.browser.get(
        f"{sandbox.base}/v2/user/info/?fields=open_id", headers={"Authorization": header}
    )
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "access_token_invalid"


def test_an_answer_has_the_asked_fields_and_no_more(sandbox: SandboxTikTok, token: str) -> None:
    sandbox.publish()
    answer = ask(sandbox, LIST, token, query="fields=id,view_count", json={"max_count": 1}).json()
    assert [set(video) for video in answer["data"]["videos"]] == [{"id", "view_count"}]
    assert answer["data"]["has_more"] is True
    assert answer["error"]["code"] == "ok"
    user = ask(sandbox, "/v2/user/info/", token, query="fields=open_id,is_verified").json()
    assert set(user["data"]["user"]) == {"open_id", "is_verified"}


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"client_key": "sandbox-client"}, 401, "invalid_client"),
        (CREDENTIALS | {"client_secret": "x"}, 401, "invalid_client"),
        (CREDENTIALS, 400, "unsupported_grant_type"),
        (CREDENTIALS | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (CREDENTIALS | {"grant_type": "authorization_code", "code": "c"}, 400, "invalid_request"),
        (CREDENTIALS | {"grant_type": "refresh_token"}, 400, "invalid_request"),
        (
            CREDENTIALS | {"grant_type": "refresh_token", "refresh_token": "x"},
            400,
            "invalid_grant",
        ),
        (
            CREDENTIALS | {"grant_type": "refresh_token", "refresh_token": "x", "scope": "y"},
            400,
            "invalid_request",
        ),
    ],
)
def test_a_wrong_token_call_is_refused(
    sandbox: SandboxTikTok, form: dict[str, str], status: int, code: str
) -> None:
    answer = sandbox.browser.post(f"{sandbox.base}{TOKEN}", data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


# Consent


@pytest.mark.parametrize(
    "change",
    [
        {"client_key": "somebody-else"},
        {"state": ""},
        {"redirect_uri": ""},
        {"redirect_uri": CALLBACK + "?next=/"},
        {"redirect_uri": CALLBACK + "#top"},
        {"redirect_uri": "https://evil.example/back"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://localhost/" + "x" * 512},
        {"nonsense": "1"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_question_that_cannot_be_trusted_stays_on_a_page(
    sandbox: SandboxTikTok, change: dict[str, str], method: str
) -> None:
    address = f"{sandbox.base}/v2/auth/authorize/?{urlencode(QUESTION | change)}"
    page = sandbox.browser.request(method, address)
    assert page.status_code == 400
    assert "asked wrongly" in page.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "video.list"}, "invalid_scope"),
        ({"scope": "user.info.basic,video.upload"}, "invalid_scope"),
    ],
)
def test_a_wrong_wish_goes_back_to_who_asked(
    sandbox: SandboxTikTok, change: dict[str, str], error: str
) -> None:
    address = f"{sandbox.base}/v2/auth/authorize/?{urlencode(QUESTION | change)}"
    back = sandbox.browser.get(address)
    assert back.status_code == 303
    values = parse_qs(urlsplit(back.headers["Location"]).query)
    assert (values["error"], values["state"]) == ([error], [STATE])


def test_only_the_registered_addresses_are_led_to(tmp_path: Path) -> None:
    settings = TikTokSettings.from_env(
        {"TIKTOK_REDIRECT_URI": "https://a.example/back, https://b.example/back"}
    )
    with running_tiktok(tmp_path, settings=settings) as sandbox:
        for uri, status in (
            ("https://a.example/back", 200),
            ("https://b.example/back", 200),
            ("https://a.example/back/", 400),
            (CALLBACK, 400),
        ):
            question = urlencode(QUESTION | {"redirect_uri": uri})
            page = sandbox.browser.get(f"{sandbox.base}/v2/auth/authorize/?{question}")
            assert page.status_code == status


@pytest.mark.parametrize(
    ("form", "trouble"),
    [
        ({"answer": "allow", "handle": "no spaces"}, "A handle has 2 to 24"),
        ({"answer": "allow", "handle": "dot."}, "A handle has 2 to 24"),
        ({"answer": "allow"}, "Choose who you are."),
        ({"answer": "allow", "account": "nobody"}, "Choose who you are."),
        ({"answer": "perhaps"}, "Press one of the three buttons."),
    ],
)
def test_a_consent_that_names_nobody_is_asked_again(
    sandbox: SandboxTikTok, form: dict[str, str], trouble: str
) -> None:
    page = sandbox.browser.post(
        f"{sandbox.base}/v2/auth/authorize/?{urlencode(QUESTION)}", data=form
    )
    assert page.status_code == 422
    assert trouble in page.text


def test_the_pages_allow_no_script_and_lead_only_to_who_asked(sandbox: SandboxTikTok) -> None:
    page = sandbox.browser.get(f"{sandbox.base}/v2/auth/authorize/?{urlencode(QUESTION)}")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert policy.endswith("form-action 'self' http://localhost:5000")
    assert not re.search(r"<script|<style|style=|\son\w+=", page.text)
    for name in ("sandbox.css", "tiktok.css"):
        sheet = sandbox.browser.get(f"{sandbox.base}/../sandbox/static/{name}")
        assert sheet.status_code == 200


# Pages for people


def test_a_person_publishes_a_video_and_copies_its_address(sandbox: SandboxTikTok) -> None:
    grant = sandbox.connect("by.hand")
    profile = f"{sandbox.base}/@by.hand"
    done = sandbox.browser.post(profile, data={"description": "Soup <b>#ad</b>"})
    assert done.status_code == 303
    page = sandbox.browser.get(sandbox.base.removesuffix("/tiktok") + done.headers["Location"])
    assert "Soup &lt;b&gt;#ad&lt;/b&gt;" in page.text
    found = re.search(r'value="(https://www\.tiktok\.com/[^"]+)"', page.text)
    assert found
    address = parse_post_address(found[1])
    assert address.handle == "by.hand"
    assert re.fullmatch(r"[0-9]{19}", address.video_id)
    post = read_one(sandbox.gateway(), grant, address.video_id)
    assert (post.address, post.description) == (found[1], "Soup <b>#ad</b>")
    assert address.video_id in sandbox.browser.get(profile).text


@pytest.mark.parametrize(
    ("description", "trouble"),
    [(" ", "Write what the video is about."), ("x" * 151, "150 characters at most")],
)
def test_a_video_needs_a_short_description(
    sandbox: SandboxTikTok, description: str, trouble: str
) -> None:
    sandbox.connect("maya.cooks")
    page = sandbox.browser.post(f"{sandbox.base}/@maya.cooks", data={"description": description})
    assert page.status_code == 422
    assert trouble in page.text


def test_a_person_makes_a_video_private_public_and_removes_it(sandbox: SandboxTikTok) -> None:
    grant = sandbox.connect("maya.cooks")
    key = sandbox.publish()
    page = f"{sandbox.base}/@maya.cooks/video/{key}"

    def is_read() -> bool:
        answer = sandbox.gateway().posts(grant.access_token, [key])[key]
        return hasattr(answer, "reading")

    for wanted, shown in (("private", False), ("public", True), ("removed", False)):
        assert sandbox.browser.post(page, data={"visibility": wanted}).status_code == 303
        assert is_read() is shown
    assert sandbox.browser.get(page).status_code == 404
    assert sandbox.browser.post(page, data={"visibility": "public"}).status_code == 404


@pytest.mark.parametrize("path", ["@nobody.here", "@nobody.here/video/1", "@maya.cooks/video/1"])
def test_what_is_not_there_is_said_to_be_not_there(sandbox: SandboxTikTok, path: str) -> None:
    assert sandbox.browser.get(f"{sandbox.base}/{path}").status_code == 404


def test_the_first_page_lists_the_accounts(sandbox: SandboxTikTok) -> None:
    page = sandbox.browser.get(f"{sandbox.base}/")
    assert "@maya.cooks" in page.text
    assert "@theo.trains" in page.text


# Switches


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("accounts", {"handle": "not a handle"}),
        ("accounts", {"handle": "fine", "followers": -1}),
        ("accounts", {"handle": "fine", "colour": "red"}),
        ("videos", {"handle": "maya.cooks", "total_views": "many"}),
        ("script", {"path": "/v2/else/"}),
        ("script", {"path": QUERY, "answer": "surprise"}),
        ("script", {"path": QUERY, "headers": []}),
        ("script", []),
    ],
)
def test_a_wrong_wish_is_refused(sandbox: SandboxTikTok, path: str, wish: Any) -> None:
    sandbox.connect("maya.cooks")
    answer = sandbox.browser.post(f"{sandbox.base}/control/{path}", json=wish)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_browser_form_cannot_press_a_switch(sandbox: SandboxTikTok) -> None:
    answer = sandbox.browser.post(f"{sandbox.base}/control/accounts", data={"handle": "x.y"})
    assert answer.status_code == 415


def test_a_handle_is_taken_once(sandbox: SandboxTikTok) -> None:
    sandbox.control("accounts", handle="only.one")
    again = sandbox.browser.post(f"{sandbox.base}/control/accounts", json={"handle": "Only.One"})
    assert again.status_code == 409


def test_scripted_answers_can_be_forgotten(sandbox: SandboxTikTok, token: str) -> None:
    sandbox.script(LIST, answer="internal_error", times=5)
    assert ask(sandbox, LIST, token, json={}).status_code == 500
    assert sandbox.browser.delete(f"{sandbox.base}/control/script").status_code == 200
    assert ask(sandbox, LIST, token, json={}).status_code == 200


def test_noted_calls_hold_no_secrets(sandbox: SandboxTikTok) -> None:
    code = sandbox.press(handle="maya.cooks")["code"]
    sandbox.gateway().exchange_code(code, CALLBACK)
    noted = json.dumps(sandbox.calls(TOKEN))
    assert CALLBACK in noted
    assert code not in noted
    assert "sandbox-secret" not in noted


def test_a_withdrawn_grant_is_told_with_a_signature(tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            got.append((self.headers["TikTok-Signature"], self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        settings = TikTokSettings(webhook_url=f"http://127.0.0.1:{server.server_port}/hook")
        with running_tiktok(tmp_path, settings=settings) as sandbox:
            grant = sandbox.connect("goes.away")
            sandbox.browser.post(f"{sandbox.base}/@goes.away/disconnect")
            assert sandbox.control("accounts/goes.away/webhook", reason=4) == {"answered": 200}
        server.shutdown()

    for (header, raw), reason in zip(got, (1, 4), strict=True):
        at, mark = re.fullmatch(r"t=(\d+),s=([0-9a-f]{64})", header).groups()  # type: ignore[union-attr]  # fails the test as it should
        assert abs(int(at) - utc_now().timestamp()) < 30
        expected = hmac.new(b"sandbox-secret", at.encode() + b"." + raw, hashlib.sha256)
        assert mark == expected.hexdigest()
        event = json.loads(raw)
        assert json.loads(event.pop("content")) == {"reason": reason}
        assert event.pop("create_time") == int(at)
        assert event == {
            "client_key": "sandbox-client",
            "event": "authorization.removed",
            "user_openid": grant.external_id,
        }


def test_a_webhook_without_an_address_is_refused(sandbox: SandboxTikTok) -> None:
    sandbox.connect("maya.cooks")
    answer = sandbox.browser.post(f"{sandbox.base}/control/accounts/maya.cooks/webhook", json={})
    assert answer.status_code == 409
