"""The plants of the three national rounds of the demonstration. They are invented, and so are their figures."""

from registry.demo.applicants import Applicant

VISITOR = Applicant(
    "qinglan", "青澜水务有限公司", "Qinglan Water Co., Ltd.", "青澜污水处理厂", "Qinglan Wastewater Plant", "hangzhou"
)

FINISHED = (
    Applicant(
        "yunxi",
        "云溪水务集团有限公司",
        "Yunxi Water Group",
        "云溪第一净水厂",
        "Yunxi No. 1 Water Purification Plant",
        "jiaxing",
        {"plant_electricity": "10900000", "reclaimed_water": "13000000"},
    ),
    Applicant(
        "lanzhou",
        "澜洲环境科技有限公司",
        "Lanzhou Bay Environment",
        "澜洲再生水厂",
        "Lanzhou Bay Reclaimed Water Plant",
        "jinan",
        {"plant_electricity": "11800000", "tn_out": "8"},
    ),
    Applicant(
        "hepu",
        "禾浦排水有限公司",
        "Hepu Drainage",
        "禾浦污水处理厂",
        "Hepu Wastewater Plant",
        "jiangsu",
        {"plant_electricity": "13400000", "reclaimed_water": "7300000"},
    ),
    Applicant(
        "shiqiao",
        "石桥污水处理有限公司",
        "",
        "石桥污水处理厂",
        "",
        "sichuan",
        {"plant_electricity": "16900000", "reclaimed_water": "5500000", "base_intensity": "0.78"},
    ),
)

RUNNING = (
    Applicant(
        "beiting", "北汀水务有限公司", "Beiting Water", "北汀净水厂", "Beiting Water Purification Plant", "ningbo"
    ),
    Applicant("luhe", "芦荷环境有限公司", "Luhe Environment", "芦荷污水处理厂", "Luhe Wastewater Plant", "qingdao"),
    Applicant("xiangtai", "湘台水务有限公司", "Xiangtai Water", "湘台污水处理厂", "Xiangtai Wastewater Plant", "hunan"),
    Applicant("zhexi", "柘溪排水有限公司", "Zhexi Drainage", "柘溪污水处理厂", "Zhexi Wastewater Plant", "wenzhou"),
)
