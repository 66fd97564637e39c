"""The accounts of the demonstration; they share one password, and their addresses lead nowhere."""

from dataclasses import dataclass

from registry.domain.vocabulary import Role

DOMAIN = "demo.example"
PASSWORD = "demo-password"  # noqa: S105 - printed at every start of a demonstration, and of no other database


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the demonstration: the part before the @, the name, the role, and the regions where it has some."""

    key: str
    name: str
    role: Role
    regions: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


STAFF = (
    Account("admin", "钱管理", Role.ADMINISTRATOR),
    Account("officer", "孙经办", Role.OFFICER),
    Account("approver", "李审批", Role.APPROVER),
    Account("auditor", "周审计", Role.AUDITOR),
    Account("zhejiang", "吴推荐", Role.RECOMMENDER, ("zhejiang",)),
    Account("bureau", "郑推荐", Role.RECOMMENDER),
    Account("reviewer1", "王专家", Role.REVIEWER),
    Account("reviewer2", "冯专家", Role.REVIEWER),
    Account("reviewer3", "陈专家", Role.REVIEWER),
    Account("reviewer4", "褚专家", Role.REVIEWER),
)
APPLICANTS = (
    Account("drafter", "赵填报", Role.DRAFTER),
    Account("signatory", "卫签署", Role.SIGNATORY),
)
ACCOUNTS = (*APPLICANTS, *STAFF)
