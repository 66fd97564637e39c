"""Masking: how a person stands on a list that goes from hand to hand, known to those who know the person."""

import re

HIDDEN = "*"
# The surnames of two characters that are borne by people today; any other surname has one.
COMPOUND_SURNAMES = frozenset(
    {
        *(
            "欧阳",
            "司马",
            "上官",
            "诸葛",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "司徒",
            "司空",
            "夏侯",
            "东方",
            "南宫",
        ),
        *(
            "西门",
            "端木",
            "独孤",
            "长孙",
            "宇文",
            "轩辕",
            "百里",
            "呼延",
            "闻人",
            "申屠",
            "太史",
            "公冶",
            "钟离",
            "澹台",
        ),
        *("濮阳", "淳于", "单于", "赫连", "完颜", "纳兰", "第五", "鲜于", "闾丘", "拓跋", "东郭", "万俟"),
    }
)
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_DOTS = "·•‧・"


def masked_name(name: str) -> str:
    """Return a name that shows the surname of a Chinese name and the initials of any other.

    张小三 becomes 张**, 欧阳修 becomes 欧阳*, 阿卜杜拉·买买提 becomes 阿***·***, Ann Mary Smith becomes A. M. S.
    """
    words = name.strip()
    if not words:
        return ""
    if not _CHINESE.match(words):
        return " ".join(
            f"{part[0].upper()}." if part[0].isalpha() else HIDDEN for part in re.split(r"[\s.]+", words) if part
        )
    words = "".join(words.split())
    compound = len(words) > 2 and words[:2] in COMPOUND_SURNAMES
    shown = 2 if compound else 1
    return words[:shown] + "".join(sign if sign in _DOTS else HIDDEN for sign in words[shown:])
