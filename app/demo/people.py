"""The people of the demo company: all invented, one account for each role of the department."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import session
from app.core.permissions import SYSTEM, Role
from app.features.people import actions
from app.features.people.models import Department, User

PASSWORD = "zhangcheng-demo"  # noqa: S105 - printed on the sign-in page of the demo

HEAD_OFFICE = "沃垦农机"
SALES = "销售部"
TEAM_ONE = "华东一组"
TEAM_TWO = "华东二组"
TECHNICAL = "技术部"
PURCHASING = "采购部"
OFFICE = "综合办公室"
FINANCE = "财务部"
WAREHOUSE = "仓库"

# Each department with the one it belongs to.
DEPARTMENTS: tuple[tuple[str, str | None], ...] = (
    (HEAD_OFFICE, None),
    (SALES, HEAD_OFFICE),
    (TEAM_ONE, SALES),
    (TEAM_TWO, SALES),
    (TECHNICAL, HEAD_OFFICE),
    (PURCHASING, HEAD_OFFICE),
    (OFFICE, HEAD_OFFICE),
    (FINANCE, HEAD_OFFICE),
    (WAREHOUSE, HEAD_OFFICE),
)


@dataclass(frozen=True)
class Account:
    """A person of the demo.

    ``roles`` are pairs of role and the department it is held in, None for the whole company. ``called`` is how
    colleagues call the person, where that is not the name.
    """

    staff_number: str
    name: str
    position: str
    department: str
    roles: tuple[tuple[Role, str | None], ...]
    called: str = ""

    @property
    def shown(self) -> str:
        """The name for the list of demo accounts: 刘总（刘振华）."""
        return f"{self.called}（{self.name}）" if self.called else self.name


ACCOUNTS = (
    Account("admin", "高翔", "系统管理员", OFFICE, ((Role.ADMINISTRATOR, None),)),
    Account("l1", "刘振华", "总经理", HEAD_OFFICE, ((Role.LEADER, None),), called="刘总"),
    Account("m1", "王建国", "销售部经理", SALES, ((Role.MANAGER, SALES),)),
    Account("s1", "周文静", "销售员", TEAM_ONE, ((Role.SALESPERSON, TEAM_ONE),)),
    Account("s2", "陈志远", "销售员、驾驶员", TEAM_TWO, ((Role.SALESPERSON, TEAM_TWO), (Role.DRIVER, None))),
    Account("t1", "李工", "技术工程师", TECHNICAL, ((Role.TECHNICAL, None),)),
    Account("p1", "赵敏", "采购主管", PURCHASING, ((Role.PURCHASING, None),)),
    Account("c1", "孙内勤", "销售内勤", SALES, ((Role.BACK_OFFICE, SALES),)),
    Account("k1", "钱慧", "印章保管人", OFFICE, ((Role.SEAL_KEEPER, None),)),
    Account("w1", "马国强", "仓库主管", WAREHOUSE, ((Role.WAREHOUSE, WAREHOUSE),)),
    Account("f1", "冯丽", "财务主管、用印审计", FINANCE, ((Role.FINANCE, None), (Role.SEAL_AUDITOR, None))),
    Account("v1", "许峰", "车辆管理员", OFFICE, ((Role.DISPATCHER, None),)),
    Account("d1", "丁长顺", "专职驾驶员", OFFICE, ((Role.DRIVER, None),)),
    Account("a1", "何静", "资产管理员", OFFICE, ((Role.ASSET_KEEPER, None),)),
    Account("h1", "韩梅", "人事培训、印章管理", OFFICE, ((Role.PEOPLE, None), (Role.SEAL_MANAGER, None))),
)


def account_lines() -> list[tuple[str, str, str]]:
    """Return staff number, name and position of each account, as the start-up prints them."""
    return [(account.staff_number, account.shown, account.position) for account in ACCOUNTS]


def phone(number: int) -> str:
    """Return an invented telephone number; 139-0000 belongs to nobody."""
    return f"139-0000-{number:04d}"


def create_departments() -> None:
    """Create the tree of departments, in the open unit of work."""
    known: dict[str | None, int | None] = {None: None}
    for name, parent in DEPARTMENTS:
        known[name] = actions.create_department(name=name, parent_id=known[parent], actor=SYSTEM).id


def create_accounts(hash_of: Callable[[str], str]) -> None:
    """Open all accounts with their roles, in the open unit of work; ``hash_of`` gives the hash per staff number."""
    departments = {row.name: row.id for row in session.execute(select(Department.name, Department.id))}
    for place, account in enumerate(ACCOUNTS, 1):
        user: User = actions.create_user(
            staff_number=account.staff_number,
            name=account.name,
            password_hash=hash_of(account.staff_number),
            actor=SYSTEM,
            department_id=departments[account.department],
            position=account.position,
            phone=phone(place),
            must_change_password=False,
        )
        for role, department in account.roles:
            actions.assign_role(
                user, role, actor=SYSTEM, department_id=departments[department] if department else None
            )
