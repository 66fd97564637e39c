"""The accounts of the demonstration; they share one password, and their addresses lead nowhere."""

from dataclasses import dataclass

from registry.domain.vocabulary import Role

DOMAIN = "demo.example"
PASSWORD = "demo-password"  # noqa: S105 - printed at every start of a demonstration, and of no other database

NATIONAL = ("national-plants", "near-zero")
ZHEJIANG = ("zhejiang-projects", "zhejiang-sewage-works", "zhejiang-cities", "zhejiang-parks", "zhejiang-farms")
SHENZHEN = ("shenzhen-projects", "shenzhen-zones", "shenzhen-near-zero")
SHANDONG = ("shandong-parks", "shandong-enterprises", "shandong-cities")
LOCAL_FIELDS = ("case", "city", "ent", "farm", "park", "solid", "wwproj", "zone", "dual")
LOCAL = (*ZHEJIANG, *SHENZHEN, *SHANDONG)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the demonstration: the part before the @, the name, the role and the programmes in which it is held.

    A bureau has its regions, or every region in another (`within`), or with neither every province that no other has.
    An expert is based in a region and has fields and a limit of open reviews.
    """

    key: str
    name: str
    role: Role
    programmes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    within: str = ""
    fields: tuple[str, ...] = ()
    most: int | None = None
    based: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


STAFF = (
    Account("admin", "钱管理", Role.ADMINISTRATOR),
    Account("officer", "孙经办", Role.OFFICER, NATIONAL),
    Account("approver", "李审批", Role.APPROVER, NATIONAL),
    Account("auditor", "周审计", Role.AUDITOR, NATIONAL),
    Account("zhejiang", "吴推荐", Role.RECOMMENDER, (*NATIONAL, *ZHEJIANG), regions=("zhejiang",)),
    Account("bureau", "郑推荐", Role.RECOMMENDER, NATIONAL),
    Account("reviewer1", "王专家", Role.REVIEWER, NATIONAL, based="hangzhou", fields=("wwtp", "wwproj"), most=12),
    Account("reviewer2", "冯专家", Role.REVIEWER, NATIONAL, based="jiangsu", fields=("wwtp", "dual")),
    Account("reviewer3", "陈专家", Role.REVIEWER, NATIONAL, based="guangdong", fields=("wwtp", "wwproj")),
    Account("reviewer4", "褚专家", Role.REVIEWER, NATIONAL, based="beijing", fields=("wwtp",), most=8),
    Account("zj-officer", "蒋经办", Role.OFFICER, ZHEJIANG),
    Account("zj-approver", "沈审批", Role.APPROVER, ZHEJIANG),
    Account("zj-cities", "韩推荐", Role.RECOMMENDER, ("national-plants", *ZHEJIANG), within="zhejiang"),
    Account("sz-officer", "杨经办", Role.OFFICER, SHENZHEN),
    Account("sz-approver", "朱审批", Role.APPROVER, SHENZHEN),
    Account("sz-districts", "秦推荐", Role.RECOMMENDER, SHENZHEN, within="shenzhen"),
    Account("sd-officer", "尤经办", Role.OFFICER, SHANDONG),
    Account("sd-approver", "许审批", Role.APPROVER, SHANDONG),
    Account("sd-cities", "何推荐", Role.RECOMMENDER, ("national-plants", *SHANDONG), within="shandong"),
    Account("expert1", "吕专家", Role.REVIEWER, LOCAL, based="shanghai", fields=LOCAL_FIELDS),
    Account("expert2", "施专家", Role.REVIEWER, LOCAL, based="hubei", fields=LOCAL_FIELDS),
    Account("expert3", "张专家", Role.REVIEWER, LOCAL, based="beijing", fields=LOCAL_FIELDS),
    Account("local-auditor", "孔审计", Role.AUDITOR, LOCAL),
)
APPLICANTS = (
    Account("drafter", "赵填报", Role.DRAFTER),
    Account("signatory", "卫签署", Role.SIGNATORY),
    # Zones of Shenzhen whose acceptance is due; they are played in `year`.
    Account("yantian-gov", "盐田负责人", Role.SIGNATORY),
    Account("dapeng-gov", "大鹏负责人", Role.SIGNATORY),
    Account("baoan-gov", "宝安负责人", Role.SIGNATORY),
)
ACCOUNTS = (*APPLICANTS, *STAFF)
