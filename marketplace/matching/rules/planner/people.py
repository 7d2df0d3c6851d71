"""How many people of each age, gender and country there are for short videos to reach: estimates.

Countries: United Nations, World Population Prospects 2024, medium variant for 2025, in millions,
rounded. The parts by age are about those of the world in the same tables, for every country alike.
How many of an age watch short videos is our assumption. Together they make 131 million adults in
the United States and 3.1 billion in the world, where one platform alone names a reach of 1.6
billion adults for its advertising outside China (TikTok, by DataReportal, January 2025).

They set where a plan saturates, and hardly matter while it reaches few. An operator who knows
better puts a file in their place; see :func:`people_in`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.kernel.errors import InvalidInput

MILLIONS: Final[Mapping[str, float]] = {
    "AE": 11.3, "AF": 43.8, "AL": 2.8, "AM": 3, "AO": 39, "AR": 45.9, "AT": 9.1, "AU": 27,
    "AZ": 10.4,
    "BA": 3.1, "BD": 175.7, "BE": 11.8, "BF": 24.1, "BG": 6.7, "BH": 1.6, "BI": 14.4, "BJ": 14.8,
    "BO": 12.6, "BR": 212.8, "BW": 2.6, "BY": 9, "CA": 40.1, "CD": 112.8, "CF": 5.5, "CG": 6.5,
    "CH": 9, "CI": 32.7, "CL": 19.9, "CM": 29.9, "CN": 1416, "CO": 53.4, "CR": 5.2, "CU": 10.9,
    "CY": 1.4, "CZ": 10.6, "DE": 84.1, "DK": 6, "DO": 11.5, "DZ": 47.4, "EC": 18.3, "EE": 1.3,
    "EG": 118.4, "ES": 47.9, "ET": 135.5, "FI": 5.6, "FR": 66.7, "GA": 2.6, "GB": 69.6, "GE": 3.8,
    "GH": 35.1, "GM": 2.8, "GN": 15.1, "GR": 9.9, "GT": 18.7, "HK": 7.4, "HN": 11, "HR": 3.8,
    "HT": 11.9, "HU": 9.6, "ID": 285.7, "IE": 5.3, "IL": 9.5, "IN": 1463.9, "IQ": 47, "IR": 92.4,
    "IS": 0.4, "IT": 59.1, "JM": 2.8, "JO": 11.5, "JP": 123.1, "KE": 57.5, "KG": 7.3, "KH": 17.8,
    "KR": 51.7, "KW": 5, "KZ": 20.8, "LA": 7.9, "LB": 5.8, "LK": 23.2, "LR": 5.7, "LT": 2.8,
    "LU": 0.7, "LV": 1.9, "LY": 7.5, "MA": 38.4, "MD": 3, "MG": 32.7, "MK": 1.8, "ML": 25.2,
    "MM": 54.9, "MN": 3.5, "MR": 5.3, "MT": 0.5, "MU": 1.3, "MW": 22.2, "MX": 131.9, "MY": 36,
    "MZ": 35.6, "NA": 3.1, "NE": 27.9, "NG": 237.5, "NI": 7, "NL": 18.3, "NO": 5.6, "NP": 29.6,
    "NZ": 5.3, "OM": 5.5, "PA": 4.6, "PE": 34.6, "PG": 10.8, "PH": 116.8, "PK": 255.2, "PL": 38.1,
    "PR": 3.2, "PS": 5.6, "PT": 10.4, "PY": 7, "QA": 3.1, "RO": 18.9, "RS": 6.7, "RU": 144,
    "RW": 14.6, "SA": 34.6, "SD": 51.7, "SE": 10.7, "SG": 5.9, "SI": 2.1, "SK": 5.5, "SN": 18.9,
    "SO": 19.7, "SV": 6.4, "SY": 25.6, "TD": 21, "TG": 9.7, "TH": 71.6, "TJ": 10.8, "TM": 7.6,
    "TN": 12.3, "TR": 87.7, "TT": 1.5, "TW": 23.1, "TZ": 70.5, "UA": 39, "UG": 51.4, "US": 347.3,
    "UY": 3.4, "UZ": 37.1, "VE": 28.5, "VN": 101.6, "YE": 41.8, "ZA": 64.7, "ZM": 21.9, "ZW": 17,
}  # fmt: skip
OTHERS: Final = 0.3
"""Of a country that is not named."""
OF_AGE: Final[Mapping[str, float]] = {
    "18-24": 0.11, "25-34": 0.15, "35-44": 0.14, "45-54": 0.12, "55+": 0.21,
}  # fmt: skip
"""Parts of everybody; those below 18 are never a target."""
WATCHING: Final[Mapping[str, float]] = {
    "18-24": 0.8, "25-34": 0.7, "35-44": 0.55, "45-54": 0.45, "55+": 0.25,
}  # fmt: skip
"""Of an age, how many watch short videos."""
OF_GENDER: Final[Mapping[str, float]] = {"female": 0.49, "male": 0.49, "other_or_unknown": 0.02}


ONE_WITH_ROUNDING: Final = 1.001


@dataclass(frozen=True, slots=True)
class People:
    """How many people there are to reach.

    millions: country -> people. of_age, of_gender: parts of everybody. watching_of: of an age, how
    many watch short videos.
    """

    millions: Mapping[str, float] = field(default_factory=lambda: MILLIONS)
    of_age: Mapping[str, float] = field(default_factory=lambda: OF_AGE)
    watching_of: Mapping[str, float] = field(default_factory=lambda: WATCHING)
    of_gender: Mapping[str, float] = field(default_factory=lambda: OF_GENDER)

    def watching(self, codes: Collection[str]) -> float:
        """Return how many adults in these countries watch short videos."""
        return 1e6 * sum(self.millions.get(code, OTHERS) for code in codes) * self._part(OF_AGE)

    def part_of_age(self, ages: Collection[str]) -> float:
        """Return which part of them is of one of these ages."""
        return self._part(ages) / self._part(OF_AGE)

    def part_of_gender(self, genders: Collection[str]) -> float:
        """Return which part of them is of one of these genders."""
        return sum(self.of_gender[gender] for gender in genders)

    def _part(self, ages: Collection[str]) -> float:
        return sum(self.of_age[age] * self.watching_of[age] for age in ages if age in self.of_age)


PUBLIC: Final = People()


def people_in(lines: Iterable[str]) -> People:
    """Return the figures of a file, and the public ones for what it does not name.

    It has the columns ``what``, ``label`` and ``value``: ``country,DE,84.1`` is millions of people,
    ``age,18-24,0.11`` and ``gender,female,0.49`` are parts of everybody, ``watching,18-24,0.8`` is
    the part of an age that watches.

    Raises InvalidInput with the line and what is wrong with it.
    """
    rows = csv.DictReader(lines)
    if rows.fieldnames != ["what", "label", "value"]:
        raise _wrong(1, "the columns are what, label and value")
    found: dict[str, dict[str, float]] = {
        "country": dict(MILLIONS),
        "age": dict(OF_AGE),
        "watching": dict(WATCHING),
        "gender": dict(OF_GENDER),
    }
    for number, row in enumerate(rows, 2):
        part, label = found.get(row["what"] or ""), row["label"] or ""
        if part is None:
            raise _wrong(number, f"there is no {row['what']!r}, only {', '.join(found)}")
        if label not in (countries() if part is found["country"] else part):
            raise _wrong(number, f"there is no {row['what']} called {label!r} in our list")
        try:
            value = float(row["value"] or "")
        except ValueError:
            raise _wrong(number, f"{row['value']!r} is not a number") from None
        if not 0 < value <= (1 if part is not found["country"] else 2_000):
            raise _wrong(number, f"{row['value']} cannot be: millions for a country, else a part")
        part[label] = value
    for name in ("age", "gender"):
        if sum(found[name].values()) > ONE_WITH_ROUNDING:
            raise InvalidInput({"file": f"The parts by {name} add up to more than 1."})
    return replace(
        PUBLIC,
        millions=found["country"],
        of_age=found["age"],
        watching_of=found["watching"],
        of_gender=found["gender"],
    )


def _wrong(number: int, what: str) -> InvalidInput:
    return InvalidInput({"file": f"Line {number}: {what}."})
