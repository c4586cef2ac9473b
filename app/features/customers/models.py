"""The table of customers."""

import re
import unicodedata

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import pinyin
from app.core.db import Model, VersionedMixin
from app.features.customers.enums import CustomerKind, CustomerLevel
from app.features.people.models import User

KIND_CODES = ", ".join(f"'{kind.value}'" for kind in CustomerKind)
LEVEL_CODES = ", ".join(f"'{level.value}'" for level in CustomerLevel)
LEGAL_FORMS = re.compile("(?:股份|责任|集团)*有限(?:责任)?公司|集团公司|公司$|集团$|分公司$")
# What a bracket in a company's name may hold without making it another company: country, province, city, 集团.
PLACES = (
    "中国|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|"
    "四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|南京|无锡|徐州|常州|苏州|南通|连云港|"
    "淮安|盐城|扬州|镇江|泰州|宿迁|杭州|宁波|温州|嘉兴|湖州|绍兴|金华|台州|合肥|芜湖|滁州|济南|青岛|潍坊|临沂|"
    "烟台|郑州|洛阳|武汉|襄阳|长沙|广州|深圳|佛山|东莞|珠海|成都|西安|昆明|贵阳|南宁|沈阳|大连|长春|哈尔滨|石家庄|"
    "太原|福州|厦门|泉州|南昌|兰州|昆山|张家港|江阴|集团|控股"
)
BRACKETED_PLACE = re.compile(rf"\((?:{PLACES})(?:省|市|自治区)?\)")


def plain_name(name: str) -> str:
    """Return a company name in one spelling: widths, case, brackets and spaces told apart by nothing."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN")


def name_key(name: str) -> str:
    """Return what is left of a company name for finding it twice.

    No legal form, no place or 集团 in brackets, no brackets, spaces or case. Empty leaves the whole name.
    """
    plain = (
        unicodedata.normalize("NFKC", name)
        .casefold()
        .translate({0x3010: "(", 0x3011: ")", 0x3014: "(", 0x3015: ")"})
    )
    shorter = BRACKETED_PLACE.sub("", "".join(plain.split()))
    return LEGAL_FORMS.sub("", plain_name(shorter)) or plain_name(name)


def region_text(region: str) -> str:
    """Return a region as 省-市-县, however its parts were set apart."""
    parts = re.split(r"[\s\-—－–/、,，·>]+", unicodedata.normalize("NFC", region).strip())
    return "-".join(filter(None, parts))


def phone_key(phone: str) -> str:
    """Return the digits of a telephone number, without the country code."""
    digits = "".join(
        character for character in unicodedata.normalize("NFKC", phone) if character in "0123456789"
    )
    return digits.removeprefix("86") if len(digits) > 11 else digits


class Customer(VersionedMixin, Model):
    """A customer, cared for by one salesperson.

    Never deleted once anything names them, deactivated instead. ``contact_name`` and ``contact_phone`` are those of the
    main one of the ``contacts``, kept beside for lists and choices.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KIND_CODES})", name="kind_known"),
        CheckConstraint(f"level IN ('', {LEVEL_CODES})", name="level_known"),
        Index("ix_customer_updated_at", "updated_at"),
        Index("ix_customer_owner_name", "owner_id", "name"),
        Index("ix_customer_department_name", "department_id", "name"),
        # A customer taken back with its import never hands its id, and with it its record, to another one.
        {"sqlite_autoincrement": True},
    )

    number: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    short_name: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    kind: Mapped[str] = mapped_column(String(32), nullable=False)
    level: Mapped[str] = mapped_column(String(1), nullable=False, default="", index=True)
    region: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    credit_code: Mapped[str] = mapped_column(String(18), nullable=False, default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    contact_name: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    contact_phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    payment_terms: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    notes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    # Kept beside the readable values so that a customer typed a second time is found by an index.
    name_key: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    phone_key: Mapped[str] = mapped_column(String(40), nullable=False, default="", index=True)

    # All by which a customer is looked for in the list, in one column and one spelling, pinyin included.
    search_key: Mapped[str] = mapped_column(Text, nullable=False, default="")

    owner: Mapped[User] = relationship(lazy="select")
    contacts: Mapped[list["CustomerContact"]] = relationship(
        back_populates="customer",
        order_by="CustomerContact.main.desc(), CustomerContact.id",
        cascade="all, delete-orphan",
        lazy="select",
    )

    @property
    def display_name(self) -> str:
        """The short name where there is one, for lists and titles."""
        return self.short_name or self.name

    def __str__(self) -> str:
        return self.name


class CustomerContact(VersionedMixin, Model):
    """A person at a customer. Personal data: seen by whoever sees the customer, never written into events.

    One of them is the main one. Removing deletes the row; what papers already say of the person stays on paper.
    """

    __tablename__ = "customer_contact"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True
    )
    name: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    position: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    email: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    note: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    main: Mapped[bool] = mapped_column(nullable=False, default=False)

    customer: Mapped[Customer] = relationship(back_populates="contacts", lazy="select")

    def __str__(self) -> str:
        return self.name or self.phone


def search_key(customer: Customer) -> str:
    """Return the text a customer is looked for in: names, region, contact and telephones, then names in letters."""
    words = (
        customer.number,
        customer.name,
        customer.short_name,
        customer.region,
        customer.contact_name,
        customer.contact_phone,
        customer.phone,
        customer.credit_code,
    )
    written = " ".join(filter(None, words))
    plain = unicodedata.normalize("NFKC", written).casefold()
    spoken = pinyin.keys(f"{customer.name} {customer.short_name or ''}")
    parts = [plain, *([written.casefold()] if written.casefold() != plain else []), spoken]
    return "\n".join(filter(None, parts))


@event.listens_for(Customer, "before_insert")
@event.listens_for(Customer, "before_update")
def keep_keys(mapper: Mapper[Customer], connection: object, customer: Customer) -> None:
    """Derive the keys for finding customers and duplicates whenever a customer is written."""
    customer.name_key = name_key(customer.name)
    customer.phone_key = phone_key(customer.phone or "")
    customer.search_key = search_key(customer)
