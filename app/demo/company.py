"""The demo company itself: legal entity, settings, seals and signing key."""

from sqlalchemy import select

from app.core.db import session
from app.demo.people import phone
from app.demo.stage import Script, Stage
from app.features.admin import actions as administration
from app.features.people.models import User
from app.features.quotations.enums import Effect
from app.features.seals import actions as seals
from app.features.seals import keys
from app.features.seals.enums import SealForm, SealKind
from app.features.seals.models import LegalEntity, Seal

NAME = "江苏沃垦液压农机配件有限公司"
SHORT_NAME = "沃垦农机"
CREDIT_ALPHABET = seals.CREDIT_ALPHABET
TELEPHONE = phone(100)


def with_check_character(first: str) -> str:
    """Return a unified social credit code from its first 17 characters, with its check character (GB 32100-2015)."""
    values = [CREDIT_ALPHABET.index(character) for character in first]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values))
    return first + CREDIT_ALPHABET[-total % 31]


ENTITY = {
    "name": NAME,
    "short_name": SHORT_NAME,
    "credit_code": with_check_character("91320902MADEM2X26"),
    "address": "江苏省盐城市亭湖区青年东路 188 号沃垦工业园 3 幢",
    "phone": TELEPHONE,
    "fax": phone(101),
    "email": "sales@woken.example.com",
    "bank": "中国农业银行盐城亭湖支行",
    "bank_account": "1040 0000 0000 0000 012",
}

# Drawn seals first; the wet ones stand in the register only. Kind, form, keeper, number as filed.
SEALS = (
    (SealKind.QUOTATION, SealForm.DRAWN, "k1", "3209020000012"),
    (SealKind.BID, SealForm.DRAWN, "k1", "3209020000013"),
    (SealKind.COMPANY, SealForm.WET, "k1", "3209020000001"),
    (SealKind.CONTRACT, SealForm.WET, "k1", "3209020000002"),
    (SealKind.FINANCE, SealForm.WET, "f1", "3209020000003"),
    (SealKind.INVOICE, SealForm.WET, "f1", "3209020000004"),
    (SealKind.LEGAL_REPRESENTATIVE, SealForm.WET, "l1", "3209020000005"),
)


def person(staff_number: str) -> User:
    """Return the account of a person of the demo."""
    return session.execute(select(User).where(User.staff_number == staff_number)).scalar_one()


def founding(stage: Stage, public_url: str) -> Script:
    """The first morning: company, seals and key, settings. The accounts are there already."""
    back = stage.timetable.length
    yield stage.timetable.moment(back, 9, 5)
    seals.add_legal_entity(actor=stage.actor("l1"), **ENTITY)
    yield stage.timetable.moment(back, 9, 20)
    keys.create(NAME)
    yield stage.timetable.moment(back, 9, 40)
    entity = session.execute(select(LegalEntity)).scalar_one()
    for kind, form, keeper, filed_number in SEALS:
        seals.register_seal(
            actor=stage.actor("h1"),
            legal_entity=entity,
            kind=kind,
            form=form,
            keeper_id=person(keeper).id,
            filed_number=filed_number,
        )
    yield stage.timetable.moment(back, 10, 10)
    for seal in session.execute(select(Seal).where(Seal.form == SealForm.DRAWN)).scalars():
        seals.authorise_printing(seal, actor=stage.actor("l1"), version=seal.version, confirmed=True)
    yield stage.timetable.moment(back, 10, 30)
    administration.change_modules(actor=stage.actor("admin"), preset="full", switches={})
    administration.change_settings(actor=stage.actor("admin"), typed=settings(public_url))


def settings(public_url: str) -> dict[str, str]:
    """Return the settings that differ from the defaults, as they are typed on the settings page."""
    return {
        "company.name": NAME,
        "company.short_name": SHORT_NAME,
        "quotations.effect": Effect.REVOCABLE.value,
        "quotations.leader_limit": "200000",
        "proposals.second_decider": str(person("admin").id),
        "quotations.second_approver": str(person("m1").id),
        "seals.second_approver": str(person("m1").id),
        "verification.public_url": public_url,
        "verification.telephone": TELEPHONE,
    }


def drawn_seal(kind: SealKind) -> Seal:
    """Return the drawn seal for quotations or for bids."""
    statement = select(Seal).where(Seal.kind == kind, Seal.form == SealForm.DRAWN)
    return session.execute(statement).scalar_one()
