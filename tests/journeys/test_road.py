"""One campaign, from brief to reconciled payout, in three browser windows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from marketplace.reconciliation.checks import ALL
from tests.gateways.openapi_contract import DOCUMENT, the_contract
from tests.journeys.walking import looks, skip, staff_sign_in, today, until

PASSWORD = "one long road to walk"
FEE = Decimal("400.00")
RECEIVED = Decimal("380.00")
"""The fee less the platform's share of 5 %."""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_one_campaign_from_brief_to_reconciled_payout(
    market: LocalMarket, window: Callable[[], Page], recording: Path
) -> None:
    brand, creator, finance = window(), window(), window()

    a_brand_signs_up(brand, market)
    campaign = it_publishes_a_campaign(brand, begins=today(market))
    it_sees_matches_and_invites_one(brand, campaign)
    a_creator_signs_up_and_connects_tiktok(creator, market)
    it_applies(creator)
    the_brand_makes_an_offer(brand, campaign)
    the_offer_cannot_be_accepted_without_money(creator)
    the_brand_funds_the_campaign(brand, campaign)
    the_creator_accepts(creator)
    the_draft_is_changed_once_and_approved(creator, brand)
    the_post_goes_live(creator, market)
    staff_sign_in(finance)
    both_sides_see_the_curve(finance, creator, brand)
    the_brand_accepts_the_post(brand)
    account = the_creator_opens_a_payout_account(creator, market)
    money_reaches_the_creator(finance, creator, market, account)
    the_books_agree(finance)
    every_word_to_stripe_fits_its_description(recording)


def sign_up(page: Page, persona: str, name: str, email: str) -> None:
    page.goto(f"/sign-up/{persona}")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button").first.click()


def confirm_by_mail(page: Page, email: str) -> None:
    """Follow the newest link that was mailed to this address, in the demo's mail folder."""
    for _ in looks(page):
        page.goto("/demo/mail")
        mail = page.locator("details").filter(has_text=email)
        link = mail.locator("a[href*='/confirm/']").first
        if link.count():
            page.goto(str(link.get_attribute("href")))
            break
    page.locator("main").get_by_role("button", name=re.compile("Confirm")).click()


def a_brand_signs_up(page: Page, market: LocalMarket) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    sign_up(page, "brand", "Ada Brook", "ada@lentil.test")
    page.get_by_label("Name").first.fill("Lentil & Co")
    page.get_by_label("Country").select_option("US")
    page.locator("main").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("/brand/"))
    confirm_by_mail(page, "ada@lentil.test")


def it_publishes_a_campaign(page: Page, *, begins: date) -> str:
    page.goto("/brand/campaigns/new")
    page.get_by_label("Name").fill("Lentils on a Tuesday")
    page.get_by_label("Budget for creators’ fees").fill("12,50")
    page.get_by_label("First day").fill(begins.isoformat())
    page.get_by_label("Last day").fill((begins + timedelta(days=90)).isoformat())
    page.get_by_label("What is it for?").select_option("food")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("no commas")
    page.get_by_label("Budget for creators’ fees").fill("1000.00")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_label("In a few sentences").or_(page.locator("[name=summary]")).first.fill(
        "Cook a pot of lentils that a tired person would make on a Tuesday."
    )
    page.locator("[name='deliverables-0-description']").fill("A lentil recipe in a minute")
    page.get_by_label("Please do").fill("Show the packet\nSay how long it takes")
    page.get_by_label("Please avoid").fill("Other brands")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_label("18–24").first.fill("50")
    page.get_by_label("25–34").first.fill("50")
    page.locator("[name='countries-0-country']").select_option("US")
    page.locator("[name='countries-0-share']").fill("100")
    page.locator("[name=target_interests][value=cooking]").check()
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_label("Lowest fee").fill("100")
    page.get_by_label("Highest fee").fill("500")
    page.locator("[name=usage_media]").first.check()
    page.locator("[name=usage_days]").fill("30")
    page.locator("[name=disclosure]").fill("Paid partnership")
    page.locator("[name=revision_rounds]").select_option("2")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("main")).to_contain_text("Published")
    found = re.search(r"/brand/campaigns/([0-9a-f-]{36})", page.url)
    assert found is not None
    return found[1]


def it_sees_matches_and_invites_one(page: Page, campaign: str) -> None:
    page.goto(f"/brand/campaigns/{campaign}/matches")
    page.get_by_role("button", name=re.compile("^Invite")).first.click()
    expect(page.locator(".flash")).to_contain_text(re.compile("invit", re.IGNORECASE))


def a_creator_signs_up_and_connects_tiktok(page: Page, market: LocalMarket) -> None:
    sign_up(page, "creator", "Juno Vale", "juno@creators.test")
    page.get_by_label("The name you publish under").fill("Juno cooks")
    page.get_by_label("Country").select_option("US")
    page.locator("[name=topics][value=cooking]").check()
    page.locator("main").get_by_role("button").first.click()
    confirm_by_mail(page, "juno@creators.test")

    page.goto("/creator/rates")
    page.locator("[name=video]").fill("350")
    page.locator("main").get_by_role("button").first.click()

    page.goto("/creator/channels")
    page.get_by_role("link", name="Connect TikTok").click()
    page.locator("[name=handle]").fill("juno.cooks")
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("main")).to_contain_text(re.compile("TikTok"))
    page.goto("/creator/channels")
    page.get_by_role("link", name="Connect TikTok").click()
    page.locator("[name=handle]").fill("juno.cooks")
    page.get_by_role("button", name="Allow everything").click()
    expect(page.locator("main")).to_contain_text("juno.cooks")


def it_applies(page: Page) -> None:
    page.goto("/creator/briefs")
    page.get_by_role("link", name="Lentils on a Tuesday").first.click()
    page.get_by_label(re.compile("pitch|Why you", re.IGNORECASE)).or_(
        page.locator("[name=pitch]")
    ).first.fill("I cook lentils every Tuesday.")
    page.locator("[name=fee]").fill("400.00")
    page.get_by_role("button", name="Send the application").click()
    expect(page.locator(".flash")).to_be_visible()


def the_brand_makes_an_offer(page: Page, campaign: str) -> None:
    page.goto(f"/brand/campaigns/{campaign}/applications")
    page.get_by_role("link", name=re.compile("Juno")).first.click()
    page.get_by_role("link", name=re.compile("offer", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Send the offer").click()
    expect(page.locator("main")).to_contain_text("$440.00")
    expect(page.locator("main")).to_contain_text("$380.00")


def open_the_offer(page: Page) -> None:
    page.goto("/creator/offers")
    page.get_by_role("link", name=re.compile("Lentils")).first.click()


def the_offer_cannot_be_accepted_without_money(page: Page) -> None:
    open_the_offer(page)
    expect(page.locator("main")).to_contain_text("$380.00")
    accept(page)
    expect(page.locator("main")).to_contain_text(re.compile("must add funds|add funds first"))


def accept(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Accept")).or_(
        page.locator("summary", has_text="Accept")
    ).first.click()


def the_brand_funds_the_campaign(page: Page, campaign: str) -> None:
    page.goto(f"/brand/campaigns/{campaign}/money")
    page.get_by_label("Budget to add").fill("1000.00")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_role("button", name=re.compile("Pay")).click()
    expect(page).to_have_url(re.compile(f"/brand/campaigns/{campaign}/money"))
    expect(page.locator("main")).to_contain_text("$1,000.00")


def the_creator_accepts(page: Page) -> None:
    open_the_offer(page)
    accept(page)
    expect(page).to_have_url(re.compile("/creator/collaborations/"))


def open_the_deliverable(page: Page, side: str) -> None:
    for _ in looks(page):
        page.goto("/creator/work" if side == "creator" else "/brand/deliverables")
        link = page.get_by_role("link", name="A lentil recipe in a minute")
        if link.count():
            link.first.click()
            return
    raise AssertionError("the deliverable did not appear")


def hand_in(page: Page) -> None:
    open_the_deliverable(page, "creator")
    page.locator("[name=link]").fill("https://drafts.example/lentils")
    for tick in page.locator("[name=checklist]").all():
        tick.check()
    page.get_by_role("button", name="Hand it in").click()
    expect(page.locator(".flash")).to_be_visible()


def the_draft_is_changed_once_and_approved(creator: Page, brand: Page) -> None:
    hand_in(creator)
    open_the_deliverable(brand, "brand")
    brand.locator("[name=comment]").fill("Please show the packet earlier.")
    brand.get_by_role("button", name="Request changes").click()
    expect(brand.locator("main")).to_contain_text(re.compile("1 of 2"))
    hand_in(creator)
    open_the_deliverable(brand, "brand")
    brand.get_by_role("button", name=re.compile("^Approve")).click()
    expect(brand.locator(".flash")).to_be_visible()


def the_post_goes_live(page: Page, market: LocalMarket) -> None:
    def publish(handle: str) -> str:
        answer = httpx.post(
            f"{market.sandbox_url}/tiktok/control/videos",
            json={"handle": handle, "description": "Lentils #ad", "total_views": 50_000},
            trust_env=False,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["share_url"])

    theirs, ours = publish("maya.cooks"), publish("juno.cooks")
    open_the_deliverable(page, "creator")
    page.locator("[name=address]").fill("https://www.tiktok.com/@juno.cooks")
    page.get_by_role("button", name="Check the post").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("[name=address]").fill(theirs)
    page.get_by_role("button", name="Check the post").click()
    expect(page.locator("main")).to_contain_text(re.compile("does not show"))
    page.get_by_role("link", name="Paste another address").click()
    page.locator("[name=address]").fill(ours + "?is_from_webapp=1")
    page.get_by_role("button", name="Check the post").click()
    expect(page.locator("main")).to_contain_text(re.compile("[Ll]ive"))
    expect(page.locator("main")).to_contain_text(ours)


def both_sides_see_the_curve(finance: Page, creator: Page, brand: Page) -> None:
    for _ in range(2):
        skip(finance, 1)
        finance.wait_for_timeout(2_000)
    for page, side in ((creator, "creator"), (brand, "brand")):
        open_the_deliverable(page, side)
        for _ in looks(page):
            if page.locator("figure svg, svg[role=img]").count():
                break
            page.reload()
        expect(page.locator("main")).to_contain_text(re.compile("[Vv]iews"))


def the_brand_accepts_the_post(page: Page) -> None:
    open_the_deliverable(page, "brand")
    page.get_by_role("button", name="Accept the post").click()
    expect(page.locator(".flash")).to_be_visible()


def the_creator_opens_a_payout_account(page: Page, market: LocalMarket) -> str:
    until(page, "/creator/earnings", "$380.00")
    before = payout_accounts(market)
    page.get_by_label("Country of your bank account").select_option("US")
    page.get_by_role("button", name="Set up payouts").click()
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(re.compile("/creator/earnings"))
    until(page, "/creator/earnings", "Ready")
    (account,) = payout_accounts(market) - before
    assert bank(market, account) == {}
    return account


def payout_accounts(market: LocalMarket) -> set[str]:
    """The accounts that the processor was ever asked about, those of other journeys too."""
    asked = httpx.get(f"{market.sandbox_url}/sandbox/control/requests", trust_env=False).text
    return set(re.findall(r"acct_\w+", asked))


def bank(market: LocalMarket, account: str) -> dict[str, int]:
    answer = httpx.get(f"{market.sandbox_url}/sandbox/control/bank/{account}", trust_env=False)
    return {currency: minor for currency, minor in answer.json().items() if minor}


def money_reaches_the_creator(
    finance: Page, creator: Page, market: LocalMarket, account: str
) -> None:
    skip(finance, 8)
    for _ in looks(finance):
        if bank(market, account):
            break
    assert bank(market, account) == {"usd": int(RECEIVED * 100)}
    until(creator, "/creator/earnings", "Paid")


def the_books_agree(page: Page) -> None:
    """The statement is paired line by line, nothing is open, every invariant holds."""
    page.goto("/staff/reconciliation")
    page.get_by_role("button", name=re.compile("Read the statement")).click()
    until(page, "/staff/reconciliation", "transfer")
    until(page, "/staff/breaks", "No break is open")
    page.goto("/staff/ledger")
    expect(page.locator("main")).to_contain_text("1010")
    page.goto("/staff/proof")
    page.get_by_role("button", name="Check now").click()
    until(page, "/staff/proof", "Stella Kerr")
    invariants = page.locator("main table").first
    states = invariants.locator("tbody tr td:last-child").all_inner_texts()
    assert len(states) == len(ALL)
    assert {state.strip() for state in states} == {"Holds"}


def every_word_to_stripe_fits_its_description(recording: Path) -> None:
    """Hold what was said against Stripe's own document, where it is beside the repository."""
    said = [json.loads(line) for line in recording.read_text().splitlines()]
    assert {"/v1/checkout/sessions", "/v1/transfers", "/v2/core/accounts"} <= {
        line["request"]["path"] for line in said
    }
    if DOCUMENT.is_file():
        contract = the_contract()
        assert [fault for line in said for fault in contract.faults(line)] == []
