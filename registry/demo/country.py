"""Who applies in which programme of the demonstration. All are invented, and so are their figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.demo.applicants import Applicant
from registry.domain.vocabulary import OrganisationKind, SiteKind


def _of(criteria: str, kind: SiteKind, industry: str, organisation_kind: OrganisationKind) -> Any:
    """Return a maker of applicants of one kind: key, organisation, site, region, marks, and own figures."""

    def make(
        key: str,
        organisation: tuple[str, str],
        site: tuple[str, str],
        region: str,
        below: tuple[int, ...] = (0, 0, 1),
        **figures: Any,
    ) -> Applicant:
        return Applicant(key, *organisation, *site, region, figures, criteria, kind, organisation_kind, industry, below)

    return make


_ENTERPRISE = OrganisationKind.ENTERPRISE
_air = _of("air", SiteKind.FACTORY, "化学原料制造", _ENTERPRISE)
_water = _of("water", SiteKind.FACTORY, "纺织印染", _ENTERPRISE)
_solid = _of("solid", SiteKind.PROJECT, "固体废物治理", _ENTERPRISE)
_sewage = _of("wwproj", SiteKind.PROJECT, "污水处理及其再生利用", _ENTERPRISE)
_enterprise = _of("ent", SiteKind.FACTORY, "电子信息制造", _ENTERPRISE)
_near_zero = _of("dual", SiteKind.FACTORY, "通用设备制造", _ENTERPRISE)
_farm = _of("farm", SiteKind.FARM, "种植与养殖", OrganisationKind.FARM)
_park = _of("park", SiteKind.PARK, "园区管理服务", OrganisationKind.PARK_AUTHORITY)
_city = _of("city", SiteKind.CITY, "国家机构", OrganisationKind.GOVERNMENT)
_zone = _of("zone", SiteKind.ZONE, "国家机构", OrganisationKind.GOVERNMENT)

_PORT = {
    "zone_theme": "port",
    "port_teu": "1200000",
    "port_water_teu": "420000",
    "berths": "12",
    "berths_shore_power": "11",
    "ship_calls": "2600",
    "ship_calls_shore_power": "310",
}
_COAST = {
    "zone_theme": "index",
    "coastline": "130",
    "coastline_natural": "72",
    "theme_tasks": ["index_design", "index_data", "index_release", "index_use"],
}
_MAKING = {"zone_theme": "manufacturing", "waste_generated": "520000", "waste_used": "498000"}
_MECHANISMS = ["zoning", "environmental_assessment", "joint_supervision", "permit_and_carbon", "joint_inventory"]
_ECOLOGICAL = [
    *("ecological_mechanism", "ecological_rivers", "ecological_supervision", "ecological_sinks"),
    *("ecological_accounts", "ecological_market"),
]
_INDUSTRIAL = ["industrial_mechanism", "industrial_sectors", "industrial_air", "industrial_water", "industrial_waste"]
_SCOPE = {"large_emitter": True, "improvement_room": True}

Applicants = Mapping[str, Sequence[Applicant]]

PARKS: Applicants = {
    "ZJ-06": [
        _park(
            "jinting",
            ("锦汀产业园区管理委员会", "Jinting Park Authority"),
            ("锦汀产业园区", "Jinting Industrial Park"),
            "ningbo",
            lead_industries=["petrochemicals", "chemicals"],
            two_high_dominant=False,
        ),
        _park(
            "yunshan",
            ("云衫纺织园区管理委员会", "Yunshan Park Authority"),
            ("云衫纺织印染园区", "Yunshan Textile Park"),
            "shaoxing",
            (1, 1, 1),
            lead_industries=["textiles"],
            two_high_dominant=False,
        ),
        _park(
            "hengxi",
            ("横溪循环园区管理委员会", "Hengxi Park Authority"),
            ("横溪循环经济园区", "Hengxi Circular Park"),
            "quzhou",
            lead_industries=["other"],
            two_high_dominant=False,
        ),
    ]
}
ZHEJIANG_PROJECTS: Applicants = {
    "ZJ-01": [
        _air(
            "lanhai",
            ("岚海化工有限公司", "Lanhai Chemicals"),
            ("岚海协同治理装置", "Lanhai Co-control Plant"),
            "ningbo",
        ),
        _air(
            "qianye",
            ("千叶建材有限公司", "Qianye Materials"),
            ("千叶窑炉改造", "Qianye Kiln Refit"),
            "huzhou",
            (1, 1, 1),
        ),
    ],
    "ZJ-02": [_water("ruibo", ("瑞泊印染有限公司", "Ruibo Dyeing"), ("瑞泊中水回用", "Ruibo Reuse"), "shaoxing")],
    "ZJ-03": [
        _solid("chengyuan", ("澄源环保有限公司", "Chengyuan"), ("澄源资源化项目", "Chengyuan Recovery"), "jiaxing")
    ],
}
ZHEJIANG_SEWAGE: Applicants = {
    "ZJ-04": [
        _sewage(
            "xijiang",
            ("汐江水务有限公司", "Xijiang Water"),
            ("汐江污水厂提升工程", "Xijiang Sewage Works Refit"),
            "hangzhou",
            water_short_city=False,
        )
    ]
}
ZHEJIANG_CITIES: Applicants = {
    "ZJ-05": [
        _city(
            "huzhou-gov",
            ("湖州市人民政府（演示单位）", "People's Government of Huzhou (demonstration body)"),
            ("湖州市", "Huzhou"),
            "huzhou",
            city_type="ecological",
            city_tasks=_ECOLOGICAL,
            mechanisms=_MECHANISMS,
            pm25="24.5",
            base_pm25="29.0",
        ),
        _city(
            "jiaxing-gov",
            ("嘉兴市人民政府（演示单位）", "People's Government of Jiaxing (demonstration body)"),
            ("嘉兴市", "Jiaxing"),
            "jiaxing",
            (1, 1, 1),
            city_type="industrial",
            city_tasks=_INDUSTRIAL,
            mechanisms=_MECHANISMS,
            pm25="26.0",
            base_pm25="31.0",
        ),
    ]
}
ZHEJIANG_FARMS: Applicants = {
    "ZJ-09": [
        _farm("heming", ("禾鸣家庭农场", "Heming Family Farm"), ("禾鸣农场", "Heming Farm"), "lishui"),
        _farm(
            "suitian", ("穗田农业合作社", "Suitian Cooperative"), ("穗田生态农场", "Suitian Farm"), "jinhua", (1, 1, 1)
        ),
    ]
}
_WORKS = ("蓝屿", "碧湾", "清塘", "观澜溪", "梅沙湾", "石岭", "沙浦")
_WORKS_EN = ("Lanyu", "Biwan", "Qingtang", "Guanlanxi", "Meishawan", "Shiling", "Shapu")
_DISTRICTS = ("longgang", "baoan", "nanshan", "longhua", "yantian", "guangming", "luohu")
SHENZHEN_PROJECTS: Applicants = {
    "SZ-02": [
        _sewage(
            f"works{number}",
            (f"{name}水质净化有限公司", f"{name_en} Water Purification"),
            (f"{name}水质净化厂改造", f"{name_en} Plant Refit"),
            f"shenzhen-{district}",
            (number % 2, number // 3, number // 5),
        )
        for number, (name, name_en, district) in enumerate(zip(_WORKS, _WORKS_EN, _DISTRICTS, strict=True))
    ],
    "SZ-05": [
        _enterprise(
            "weilan",
            ("蔚蓝精密制造有限公司", "Weilan Precision"),
            ("蔚蓝一厂", "Weilan Plant 1"),
            "shenzhen-baoan",
            **_SCOPE,
        )
    ],
    "SZ-01": [
        _air("gangxin", ("港鑫电力有限公司", "Gangxin Power"), ("港鑫电厂", "Gangxin Power Plant"), "shenzhen-nanshan")
    ],
    "SZ-03": [
        _solid("tuoye", ("拓野环境有限公司", "Tuoye"), ("拓野资源化项目", "Tuoye Recovery"), "shenzhen-pingshan")
    ],
    "SZ-04": [
        _park(
            "qiaotou",
            ("桥头科技园管理中心", "Qiaotou Park Centre"),
            ("桥头科技园", "Qiaotou Science Park"),
            "shenzhen-nanshan",
        )
    ],
}
SHENZHEN_ZONES: Applicants = {
    "SZ-08": [
        _zone(
            "yantian-gov",
            ("盐田区人民政府（演示单位）", "People's Government of Yantian (demonstration body)"),
            ("盐田区减污降碳协同示范区", "Yantian Synergy Zone"),
            "shenzhen-yantian",
            **_PORT,
        ),
        _zone(
            "dapeng-gov",
            ("大鹏新区管理委员会（演示单位）", "Administration of Dapeng (demonstration body)"),
            ("大鹏新区减污降碳协同示范区", "Dapeng Synergy Zone"),
            "shenzhen-dapeng",
            **_COAST,
        ),
        _zone(
            "baoan-gov",
            ("宝安区人民政府（演示单位）", "People's Government of Bao'an (demonstration body)"),
            ("宝安区减污降碳协同示范区", "Bao'an Synergy Zone"),
            "shenzhen-baoan",
            **_MAKING,
        ),
    ]
}
SHENZHEN_NEAR_ZERO: Applicants = {
    "SZ-06": [
        _near_zero(
            "jingwei",
            ("经纬装备有限公司", "Jingwei Equipment"),
            ("经纬零碳工厂", "Jingwei Zero-carbon Works"),
            "shenzhen-pingshan",
        )
    ]
}
SHANDONG_PARKS: Applicants = {
    "SD-02": [
        _park("haiyao", ("海曜园区管委会", "Haiyao Authority"), ("海曜生态工业园", "Haiyao Eco-park"), "qingdao"),
        _park(
            "luyuan", ("鲁源园区管委会", "Luyuan Authority"), ("鲁源生态工业园", "Luyuan Eco-park"), "yantai", (1, 1, 1)
        ),
    ]
}
SHANDONG_ENTERPRISES: Applicants = {
    "SD-01": [
        _enterprise("dinghai", ("鼎海新材料有限公司", "Dinghai"), ("鼎海一厂", "Dinghai Plant 1"), "zibo"),
        _enterprise("wuling", ("五岭冶炼有限公司", "Wuling Smelting"), ("五岭冶炼厂", "Wuling Smelter"), "jining"),
        _enterprise("beifeng", ("北峰化纤有限公司", "Beifeng"), ("北峰化纤厂", "Beifeng Works"), "weifang", (1, 1, 1)),
    ]
}
SHANDONG_CITIES: Applicants = {
    "SD-03": [
        _city(
            "weifang-gov",
            ("潍坊市人民政府（演示单位）", "People's Government of Weifang (demonstration body)"),
            ("潍坊市", "Weifang"),
            "weifang",
        )
    ]
}
NEAR_ZERO: Applicants = {
    "GJ-01": [
        _near_zero("hanyu", ("瀚宇精工有限公司", "Hanyu Precision"), ("瀚宇工厂", "Hanyu Works"), "jinan"),
        _near_zero(
            "mingchuan", ("明川重工有限公司", "Mingchuan"), ("明川工厂", "Mingchuan Works"), "ningbo", (1, 1, 1)
        ),
    ]
}
BUILT_PLANTS: Applicants = {
    "GW-01": [
        Applicant("xinting", "新汀水务有限公司", "Xinting Water", "新汀污水处理厂", "Xinting Plant", "huzhou"),
        Applicant("hanjiang", "涵江排水有限公司", "Hanjiang Drainage", "涵江再生水厂", "Hanjiang Plant", "fujian"),
    ]
}
