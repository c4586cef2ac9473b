"""What training is arranged by: its subjects, of which six come with the product, and the providers from outside."""

from sqlalchemy import func, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.training.enums import TrainingPerm
from app.features.training.models import TrainingProvider, TrainingSubject

SUBJECT = "training_subject"
PROVIDER = "training_provider"

# The six subjects of the department; they are data from then on, in the company's own words.
DEFAULT_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    ("culture", "企业文化", "公司的来历、价值观、行为准则"),
    ("products", "产品知识", "阀门、泵、仪表的结构、选型、工况"),
    ("selling", "销售技能", "拜访、报价、谈判、回款"),
    ("finance", "财务知识", "含税价、账期、发票、回款"),
    ("production", "生产知识", "工艺、交货期、质量检验"),
    ("contracts", "合同法务", "合同条款、投标文件、风险"),
)


def provide_subjects(*, actor: Actor) -> int:
    """Create those of the six subjects that are not there yet, and return how many; raises Denied."""
    if not actor.is_system:
        require(actor, TrainingPerm.MANAGE)
    known = set(session.execute(select(TrainingSubject.key)).scalars())
    names = set(session.execute(select(TrainingSubject.name)).scalars())
    made = 0
    for position, (key, name, description) in enumerate(DEFAULT_SUBJECTS, 1):
        if key not in known and name not in names:
            session.add(TrainingSubject(key=key, name=name, description=description, position=10 * position))
            made += 1
    session.flush()
    return made


def keep_subject(
    row: TrainingSubject | None,
    *,
    actor: Actor,
    version: int | None = None,
    name: str,
    description: str = "",
    active: bool = True,
) -> TrainingSubject:
    """Enter a subject or change one; raises Denied, Stale, Invalid at ``name``."""
    require(actor, TrainingPerm.MANAGE)
    name = name_of(TrainingSubject, row, name)
    check_written(description, "description")
    if row is None:
        last = session.execute(select(func.max(TrainingSubject.position))).scalar_one() or 0
        row = TrainingSubject(position=last + 10)
        session.add(row)
    else:
        lock(row)
        check_version(SUBJECT, row, version)
        row.touch()
    row.name, row.description, row.active = name, description.strip(), active
    session.flush()
    timeline.record(SUBJECT, row.id, "training_subject:keep", actor, data={"name": name})
    return row


def keep_provider(
    row: TrainingProvider | None,
    *,
    actor: Actor,
    version: int | None = None,
    name: str,
    contact: str = "",
    remark: str = "",
    active: bool = True,
) -> TrainingProvider:
    """Enter a provider or change one; raises Denied, Stale, Invalid at ``name``."""
    require(actor, TrainingPerm.MANAGE)
    name = name_of(TrainingProvider, row, name)
    check_written(contact, "contact")
    check_written(remark, "remark")
    if row is None:
        row = TrainingProvider()
        session.add(row)
    else:
        lock(row)
        check_version(PROVIDER, row, version)
        row.touch()
    row.name, row.contact, row.remark, row.active = name, contact.strip(), remark.strip(), active
    session.flush()
    timeline.record(PROVIDER, row.id, "training_provider:keep", actor, data={"name": name})
    return row


def name_of(
    table: type[TrainingSubject] | type[TrainingProvider],
    row: TrainingSubject | TrainingProvider | None,
    name: str,
) -> str:
    """Return a name nothing else has; raises Invalid at ``name``."""
    name = name.strip()
    check_written(name, "name")
    problem: LazyText | None = None
    longest = 40 if table is TrainingSubject else 80
    if not name or len(name) > longest:
        problem = lazy("请填写名称，不超过 %(most)s 个字", most=longest)
    else:
        other = session.execute(select(table.id).where(table.name == name)).scalar_one_or_none()
        if other is not None and (row is None or other != row.id):
            problem = lazy("已经有叫这个名称的")
    if problem is not None:
        raise Invalid(fields={"name": problem})
    return name
