"""What the brands of the demo ask for. All of it is invented."""

from __future__ import annotations

from typing import Final

from marketplace.campaigns.rules import BriefContent, WantedDeliverable
from marketplace.kernel.money import Money

SUPPERS: Final = BriefContent(
    summary="Cook a weeknight supper for two with one tin of our beans and whatever is in your "
    "fridge. Show the mess. We care about the recipe being yours more than about the label.",
    dos=(
        "Show the tin being opened in the first five seconds",
        "Name three ingredients that anybody has at home",
        "Taste it on camera",
    ),
    donts=("No other brands in the picture", "No claims about health"),
    deliverables=(
        WantedDeliverable("video", "A supper in 30 to 60 seconds", 1),
        WantedDeliverable("story", "The tin on your shelf, with your usual words", 1),
    ),
    target_age={"18-24": 3_000, "25-34": 4_500},
    target_gender={"female": 5_500},
    target_country={"US": 6_000, "CA": 1_000},
    target_interests=("cooking", "home"),
    amplified_groups=("rural", "single_parents"),
    fee_low=Money(15_000, "USD"),
    fee_high=Money(90_000, "USD"),
    usage_media="paid",
    usage_days=60,
    revision_rounds=2,
)
LUNCHES: Final = BriefContent(
    summary="Five-minute lunches for people who work at home. One pan or none.",
    deliverables=(WantedDeliverable("video", "A lunch in 20 to 40 seconds", 1),),
    target_age={"25-34": 4_000, "35-44": 3_000},
    target_interests=("cooking", "family"),
    fee_low=Money(20_000, "USD"),
    fee_high=Money(60_000, "USD"),
)
NIGHTS_OUT: Final = BriefContent(
    summary="One night outside with our two-person tent, as you would really spend it. Rain is "
    "welcome. We lend you the tent for a month.",
    dos=("Show how you pitch it", "Say what you would change about it"),
    donts=("No open fires", "Nothing that needs more than a day’s walk"),
    deliverables=(WantedDeliverable("video", "The night in 45 to 90 seconds", 1),),
    target_age={"18-24": 2_500, "25-34": 4_000, "35-44": 2_000},
    target_country={"GB": 6_000, "IE": 500},
    target_interests=("outdoors", "nature", "travel"),
    target_words=("trail running", "wild camping"),
    amplified_groups=("disabled", "over_50", "rural"),
    fee_low=Money(20_000, "GBP"),
    fee_high=Money(80_000, "GBP"),
    usage_days=90,
)
SOAP: Final = BriefContent(
    summary="Replace three bottles in your bathroom with one bar of soap and tell us after a week "
    "how it went, the bad parts included.",
    dos=("Show the three bottles", "Say honestly what you missed"),
    donts=("No before and after of skin",),
    deliverables=(WantedDeliverable("video", "The week in 30 to 60 seconds", 1),),
    target_age={"18-24": 3_500, "25-34": 4_000},
    target_gender={"female": 6_500},
    target_country={"DE": 6_000, "AT": 800},
    target_interests=("beauty", "sustainability"),
    fee_low=Money(15_000, "EUR"),
    fee_high=Money(70_000, "EUR"),
    revision_rounds=1,
)
BACKPACKS: Final = BriefContent(
    summary="Cook something warm from what fits into one backpack, on a hill, in a park or on your "
    "balcony. We send the stove, and it is yours afterwards.",
    dos=("Unpack everything before you cook", "Say what you would leave at home next time"),
    donts=("No open fires",),
    deliverables=(WantedDeliverable("video", "The meal in 30 to 60 seconds", 1),),
    target_age={"18-24": 3_000, "25-34": 4_000},
    target_country={"US": 5_500, "CA": 1_500},
    target_interests=("cooking", "outdoors"),
    fee_low=Money(25_000, "USD"),
    fee_high=Money(75_000, "USD"),
    usage_days=60,
    revision_rounds=1,
)
LAYERS: Final = BriefContent(
    summary="Dress your children for a wet day out and tell us which layer they refuse. We send "
    "rain jackets in their sizes.",
    dos=("Ask the children on camera", "Show a puddle"),
    donts=("No faces of other children",),
    deliverables=(WantedDeliverable("video", "The day in 30 to 60 seconds", 1),),
    target_age={"25-34": 4_000, "35-44": 4_000},
    target_interests=("family", "outdoors"),
    amplified_groups=("single_parents",),
    fee_low=Money(18_000, "GBP"),
    fee_high=Money(60_000, "GBP"),
    usage_days=30,
)
DISHES: Final = BriefContent(
    summary="The sink after supper, without a cut: our dish soap, your music, and what you think "
    "about while you wash up.",
    dos=("One take", "Let us hear the song"),
    deliverables=(WantedDeliverable("video", "The sink in 20 to 45 seconds", 1),),
    target_age={"25-34": 4_500, "35-44": 2_500},
    target_country={"US": 6_000},
    target_interests=("home", "cooking"),
    fee_low=Money(12_000, "USD"),
    fee_high=Money(45_000, "USD"),
    usage_days=30,
    revision_rounds=1,
)
REFILLS: Final = BriefContent(
    summary="Take an empty bottle to a shop that refills and film the way there and back. If there "
    "is none near you, show us how far you would have to go.",
    dos=("Name the shop, if it agrees", "Say what it cost"),
    donts=("Nobody is made to feel bad about plastic",),
    deliverables=(
        WantedDeliverable("video", "The way in 30 to 60 seconds", 1),
        WantedDeliverable("story", "The bottle, full again", 1),
    ),
    target_age={"18-24": 4_000, "25-34": 3_500},
    target_interests=("sustainability", "travel"),
    fee_low=Money(20_000, "EUR"),
    fee_high=Money(55_000, "EUR"),
    revision_rounds=1,
)
JARS: Final = BriefContent(
    summary="Three evenings, three jars of ours, one pan. Every video is another supper, and "
    "whoever sees all three can cook for a week.",
    dos=("Show which jar it is",),
    deliverables=(WantedDeliverable("video", "One jar, one supper", 3),),
    target_interests=("cooking",),
    fee_low=Money(10_000, "USD"),
    fee_high=Money(40_000, "USD"),
    usage_days=60,
)
PICNIC: Final = BriefContent(
    summary="Pack a picnic out of your cupboard and take it outside, whatever the weather. One of "
    "our tins comes along, the rest is up to you.",
    dos=("Show what the weather is like", "Open the tin outside"),
    donts=("No single-use plates",),
    deliverables=(WantedDeliverable("video", "The picnic in 30 to 60 seconds", 1),),
    target_age={"18-24": 3_000, "25-34": 4_000},
    target_country={"US": 7_000},
    target_interests=("cooking", "outdoors", "family"),
    fee_low=Money(15_000, "USD"),
    fee_high=Money(60_000, "USD"),
    usage_days=30,
)
MORNINGS: Final = BriefContent(
    summary="A slow breakfast on a day off, with one savoury thing out of a tin. We like crumbs, "
    "bad light and good bread.",
    dos=("Say what day it is", "Show the first bite"),
    donts=("No alarm clocks",),
    deliverables=(
        WantedDeliverable("video", "A breakfast in 30 to 60 seconds", 1),
        WantedDeliverable("story", "What was left over", 1),
    ),
    target_age={"18-24": 2_000, "25-34": 4_500, "35-44": 2_000},
    target_country={"US": 6_000, "CA": 1_500},
    target_interests=("cooking", "home"),
    fee_low=Money(20_000, "USD"),
    fee_high=Money(80_000, "USD"),
    usage_media="paid",
    usage_days=60,
    revision_rounds=2,
)
TRAIL: Final = BriefContent(
    summary="Cook one of our trail meals where you would eat it, on the stove you own, and say "
    "what you would change about it.",
    dos=("Show the pack being opened", "Taste it on camera"),
    donts=("No open fires",),
    deliverables=(WantedDeliverable("video", "A trail meal in 30 to 60 seconds", 1),),
    target_interests=("cooking", "outdoors"),
    fee_low=Money(15_000, "GBP"),
    fee_high=Money(50_000, "GBP"),
    revision_rounds=2,
)
PANTRY: Final = BriefContent(
    summary="Take your followers through your pantry, shelf by shelf, and tell the story of the "
    "oldest thing in it.",
    dos=("Name the oldest thing", "Leave the mess as it is"),
    deliverables=(WantedDeliverable("video", "The tour in 45 to 90 seconds", 1),),
    target_age={"25-34": 4_000, "35-44": 3_000},
    target_interests=("home", "cooking"),
    fee_low=Money(20_000, "USD"),
    fee_high=Money(50_000, "USD"),
)
