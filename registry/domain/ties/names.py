"""Names of organisations: whether two spellings are one name, may mean one organisation, or neither.

A Chinese company's name is place, trade name, line of business and legal form, in this order, and people leave out
all but the middle. So the legal form is taken off, the rank of a place (省, 市, 区, 县) may be left out, and whatever
then is equal or lies within the other is worth a look. 集团 is never taken off: a group and its member are two.
Traditional and simplified characters are not brought together, nor is a translation with its original.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

# What a name must weigh to be told apart by it: a Chinese sign weighs 1, a Latin word 2, or 4 where it is long.
LEAST_WEIGHT = 4
_LONG_WORD = 5
_LEAST_OWN = 2

# Legal forms at the end, the longest first, with the one spelling in which they are compared.
_CHINESE_FORMS = (
    ("集团股份有限公司", "股份有限公司", "集团"),
    ("集团有限责任公司", "有限公司", "集团"),
    ("集团有限公司", "有限公司", "集团"),
    ("集团公司", "公司", "集团"),
    ("股份有限公司", "股份有限公司", ""),
    ("有限责任公司", "有限公司", ""),
    ("股份公司", "股份有限公司", ""),
    ("有限公司", "有限公司", ""),
    ("总公司", "公司", ""),
    ("分公司", "分公司", ""),
    ("公司", "公司", ""),
)
_LATIN_FORMS = (
    ("limited liability company", "ltd"),
    ("company limited", "ltd"),
    ("limited company", "ltd"),
    ("corp ltd", "ltd"),
    ("pte ltd", "ltd"),
    ("pty ltd", "ltd"),
    ("co limited", "ltd"),
    ("co ltd", "ltd"),
    ("coltd", "ltd"),
    ("limited", "ltd"),
    ("llc", "ltd"),
    ("ltd", "ltd"),
    ("incorporated", "inc"),
    ("corporation", "inc"),
    ("corp", "inc"),
    ("inc", "inc"),
    ("plc", "plc"),
    ("gmbh", "gmbh"),
    ("ag", "ag"),
    ("company", "company"),
    ("co", "company"),
)
# Authorities are named in full, and what merely begins like one is not one: 深圳水务 is no 深圳水务局.
_AUTHORITY = re.compile(r"(局|厅|部|署|委|办|政府|委员会|办公室)$")
_NO_AUTHORITY = re.compile(
    r"((工程|供电|电力|铁路|地质|勘察|勘测|港务|设备)局|[总学分]部|管委|管理委员会|管理办公室)$"
    "|集团|公司|大学|学院|研究院|研究所|设计院|医院|协会|学会|中心|厂"
)
_LATIN_AUTHORITIES = frozenset({"bureau", "ministry", "commission", "government", "municipality"})
# Words that thousands of names share: a name that consists of them alone says nothing about whose it is.
_GENERIC = re.compile(
    "环境保护|环境工程|生态环境|污水处理|环保|环境|生态|水务|水处理|节能|低碳|新能源|能源|科技|技术|工程|建设|建筑|设计"
    "|咨询|服务|管理|投资|发展|实业|产业|工业|农业|开发|集团|控股|公司|股份|有限|责任|研究|大学|学院|中心|检测|监测|认证"
    "|中国|国际|全国|院|所|部|厂"
)
_GENERIC_WORD = re.compile(
    "water|environment|environmental|energy|technology|technologies|engineering|construction|design|consulting"
    "|services|service|management|investment|development|industry|industries|industrial|group|holding|holdings"
    "|china|chinese|international|university|institute|research|academy|center|centre|green|ecology|ecological"
    "|science|college|school|low|carbon|protection|treatment|national|city"
)
_SMALL_WORDS = frozenset({"the", "of", "and", "for", "a", "an"})
_RANK = re.compile(r"^(.{2,6}?)(特别行政区|自治区|自治州|省|市|区|县)(?=.{2})")

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNIT = re.compile(f"[{_HAN}]|[^\\W_{_HAN}]+")
_ONE_HAN = re.compile(f"[{_HAN}]")

Units = tuple[str, ...]


class Agreement(StrEnum):
    """How far two names agree: one name, or two that may mean one organisation."""

    SAME = "same"
    LIKE = "like"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in signs and words of one spelling: `core` without the legal form, `loose` without ranks of places too."""

    core: Units
    loose: Units
    form: str
    authority: bool
    telling: bool

    @property
    def key(self) -> str:
        """The whole name in its one spelling."""
        return " ".join((*self.core, self.form))


@lru_cache(maxsize=100_000)
def read(text: str) -> Name:
    """Return a name as it is compared: one width, no blanks, no brackets, the legal form apart."""
    units = _units(text)
    core, form = _without_form(units)
    joined = "".join(core)
    loose = _units_of(_without_ranks(joined)) if _ONE_HAN.match(joined) else core
    authority = not form and (
        bool(_AUTHORITY.search(joined) and not _NO_AUTHORITY.search(joined)) or bool(_LATIN_AUTHORITIES & set(core))
    )
    return Name(core, loose, form, authority, weight(core) >= LEAST_WEIGHT and _own_weight(core) >= _LEAST_OWN)


def agreement(one: Name, other: Name) -> Agreement | None:
    """Return how two names agree, or None where they do not.

    The same name is one that differs in nothing but spelling and is long enough to be somebody's own. Names are alike
    where they are equal but for the legal form or the rank of a place, or where one lies within the other: a part of a
    university or of an authority within the whole, but not a company's name within the name of the authority over it.
    """
    if not one.core or not other.core:
        return None
    if one.core == other.core and one.form == other.form:
        return Agreement.SAME if one.telling else Agreement.LIKE
    if one.core == other.core or one.loose == other.loose:
        return Agreement.LIKE
    return Agreement.LIKE if _lies_within(one, other) or _lies_within(other, one) else None


def person_key(name: str) -> str:
    """Return a person's name in its one spelling: one width, no blanks, no dots, small letters."""
    return "".join(_UNIT.findall(unicodedata.normalize("NFKC", name).casefold()))


def weight(units: Units) -> int:
    """Return how much a name says: each Chinese sign 1, each Latin word 2, or 4 where it is long and nobody else's."""
    return sum(1 if _ONE_HAN.match(one) else _word_weight(one) for one in units)


def opening(units: Units, start: int = 0) -> Units | None:
    """Return the first units from a place on that together say enough, or None where all that follow do not.

    A name within another has its own opening somewhere in the other, so that names can be looked up by it.
    """
    said = 0
    for end in range(start, len(units)):
        said += weight(units[end : end + 1])
        if said >= LEAST_WEIGHT:
            return units[start : end + 1]
    return None


def _lies_within(one: Name, other: Name) -> bool:
    """Whether a name lies within another; within an authority's only that of another authority does, by its whole."""
    if other.authority and not one.authority:
        return False
    return _within(one.core, other.core) or _within(one.loose, other.loose)


def _within(short: Units, long: Units) -> bool:
    if len(short) >= len(long) or weight(short) < LEAST_WEIGHT or _own_weight(short) < _LEAST_OWN:
        return False
    return any(long[start : start + len(short)] == short for start in range(len(long) - len(short) + 1))


def _word_weight(word: str) -> int:
    return LEAST_WEIGHT if len(word) >= _LONG_WORD and not _GENERIC_WORD.fullmatch(word) else 2


def _own_weight(units: Units) -> int:
    """Return what is left of the weight when the words of everybody are taken away."""
    rest = _GENERIC.sub("", "".join(one for one in units if _ONE_HAN.match(one)))
    return len(rest) + sum(2 for one in units if not _ONE_HAN.match(one) and not _GENERIC_WORD.fullmatch(one))


def _units(text: str) -> Units:
    usual = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ").replace("'", "").replace(".", " ")
    return tuple(one for one in _UNIT.findall(usual) if one not in _SMALL_WORDS)


def _units_of(text: str) -> Units:
    return tuple(_UNIT.findall(text))


def _without_form(units: Units) -> tuple[Units, str]:
    joined = "".join(units)
    for ending, form, kept in _CHINESE_FORMS:
        if joined.endswith(ending) and len(joined) > len(ending):
            cut = len(ending) - len(kept)
            return units[:-cut], form
    for words, form in _LATIN_FORMS:
        parts = tuple(words.split())
        if len(units) > len(parts) and units[-len(parts) :] == parts:
            return units[: -len(parts)], form
    return units, ""


def _without_ranks(text: str) -> str:
    """Drop the rank of up to three places at the beginning, as 市 and 区 in 深圳市南山区."""
    done = ""
    for _ in range(3):
        found = _RANK.match(text)
        if found is None:
            break
        done += found[1]
        text = text[found.end() :]
    return done + text
