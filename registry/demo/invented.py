"""Organisations that nobody has heard of, drawn from a seed: the same names, figures and marks every time.

A name is a place that is none, from a word for what is seen or heard and a word for a shore or a hill, and a word of
the trade. In English the two words are translated, since their sound alone may be that of a place that there is.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from registry.demo.applicants import Applicant, example
from registry.domain.vocabulary import OrganisationKind, SiteKind

T = TypeVar("T")
FIRST = {
    "霁": "Clearsky",
    "翎": "Plume",
    "岫": "Grotto",
    "砚": "Inkstone",
    "昙": "Nightbloom",
    "萤": "Firefly",
    "杳": "Faraway",
    "珏": "Twinjade",
    "霓": "Rainbow",
    "绡": "Gossamer",
    "笙": "Reedpipe",
    "阙": "Watchtower",
    "簌": "Rustle",
    "羲": "Sunherald",
}
SECOND = {
    "汀": "Shoal",
    "渡": "Ford",
    "浦": "Inlet",
    "岚": "Haze",
    "埠": "Wharf",
    "陇": "Ridge",
    "坞": "Hollow",
    "滩": "Strand",
}
Trade = Sequence[tuple[tuple[str, str], tuple[str, str]]]
WATER: Trade = (
    (("水务有限公司", "Water"), ("污水处理厂", "Wastewater Plant")),
    (("水务集团有限公司", "Water Group"), ("第一净水厂", "No. 1 Purification Plant")),
    (("排水有限公司", "Drainage"), ("再生水厂", "Reclaimed Water Plant")),
    (("环境科技有限公司", "Environment"), ("净水厂", "Purification Plant")),
    (("水质净化有限公司", "Water Purification"), ("第二污水处理厂", "No. 2 Wastewater Plant")),
)
FARMING: Trade = (
    (("家庭农场", "Family Farm"), ("生态农场", "Ecological Farm")),
    (("农业合作社", "Cooperative"), ("种养循环农场", "Circular Farm")),
)
MAKING: Trade = (
    (("新材料有限公司", "Materials"), ("一厂", "Works No. 1")),
    (("精密制造有限公司", "Precision"), ("二厂", "Works No. 2")),
    (("建陶有限公司", "Ceramics"), ("陶瓷厂", "Ceramics Works")),
)
# What the flows of a plant are: they grow with its size.
FLOWS = (
    *("design_capacity", "water_treated", "plant_electricity", "pv_electricity", "biogas_electricity"),
    *("green_certificates", "pac", "pam", "naclo", "other_chemicals", "reclaimed_water"),
    *("sludge_dry", "sludge_safe", "sludge_recovered"),
)


class Dice:
    """Numbers from a seed, the same on every machine; each throw is a digest of the seed and its count."""

    def __init__(self, seed: str) -> None:
        self._seed, self._thrown = seed, 0

    def below(self, sides: int) -> int:
        """Return a number from 0 up to, and without, the number of sides."""
        self._thrown += 1
        digest = hashlib.sha256(f"{self._seed}:{self._thrown}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % sides

    def of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def between(self, least: int, most: int) -> int:
        """Return a whole number from the least to the most, both among them."""
        return least + self.below(most - least + 1)


def places(seed: str) -> Iterator[tuple[str, str]]:
    """Yield every place there is, in Chinese and in English, in the order of a seed, each once."""
    dice = Dice(seed)
    left = [(one + two, f"{FIRST[one]} {SECOND[two]}") for one in FIRST for two in SECOND]
    while left:
        yield left.pop(dice.below(len(left)))


class Country:
    """Makes applicants one after the other, each of another place."""

    def __init__(self, seed: str) -> None:
        self._dice = Dice(f"{seed} figures")
        self._places = places(f"{seed} places")

    def plant(self, region: str) -> Applicant:
        """Return a wastewater plant; it serves a twentieth to one and a half of what that of the example serves."""
        dice = self._dice
        base, share = example("wwtp")[0], dice.between(20, 150)
        figures = {key: str(int(base[key]) * share // 100) for key in FLOWS}
        water = int(figures["water_treated"])
        intensity = dice.between(29, 43)  # hundredths of a kWh for a cubic metre
        figures |= {
            "plant_electricity": str(water * intensity // 100),
            "reclaimed_water": str(water * dice.between(14, 41) // 100),
            "sludge_recovered": str(int(figures["sludge_dry"]) * dice.between(55, 96) // 100),
            "base_intensity": f"0.{dice.between(64, 78)}",
            "tn_out": f"{dice.between(7, 11)}.{dice.between(0, 9)}",
            "bod_in": str(dice.between(92, 168)),
            "compliant_days": str(dice.between(361, 365)),
            "commissioned_year": str(dice.between(1998, 2019)),
        }
        measures = list(base["energy_measures"])[: dice.between(3, 6)]
        return self._applicant(
            WATER,
            region,
            {**figures, "energy_measures": measures},
            ("wwtp", SiteKind.PLANT, OrganisationKind.ENTERPRISE, "污水处理及其再生利用"),
            (dice.between(0, 2), dice.between(0, 3), dice.between(0, 2)),
        )

    def farm(self, region: str) -> Applicant:
        """Return a farm."""
        kind = ("farm", SiteKind.FARM, OrganisationKind.FARM, "种植与养殖")
        return self._applicant(FARMING, region, {}, kind, (0, self._dice.between(0, 1), self._dice.between(0, 2)))

    def factory(self, region: str) -> Applicant:
        """Return a factory of an enterprise."""
        kind = ("ent", SiteKind.FACTORY, OrganisationKind.ENTERPRISE, "建筑材料制造")
        figures = {"output": str(self._dice.between(9_900_000, 10_600_000))}
        return self._applicant(MAKING, region, figures, kind, (0, self._dice.between(0, 1), self._dice.between(0, 1)))

    def _applicant(
        self,
        trade: Trade,
        region: str,
        figures: Mapping[str, object],
        kind: tuple[str, SiteKind, OrganisationKind, str],
        below: tuple[int, ...],
    ) -> Applicant:
        place, place_en = next(self._places)
        (organisation, organisation_en), (site, site_en) = self._dice.of(trade)
        criteria, site_kind, organisation_kind, industry = kind
        return Applicant(
            place_en.lower().replace(" ", "-"),
            f"{place}{organisation}",
            f"{place_en} {organisation_en}",
            f"{place}{site}",
            f"{place_en} {site_en}",
            region,
            figures,
            criteria,
            site_kind,
            organisation_kind,
            industry,
            below,
        )
