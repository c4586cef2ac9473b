"""Forms of equipment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import MultipleFileField

from app.core.i18n import lazy
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.enums import CONDITION_LABELS, Condition
from app.features.assets.models import AssetCategory, AssetItem, HandOver
from app.features.assets.offering import OfferedItem
from app.web import forms


def rows_of(text: str | None) -> tuple[str, ...]:
    """Return what was typed a line each, empty lines left out."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


class CardFields:
    """What is typed on the card of an item."""

    name = forms.TextField(lazy("设备名称"), required=True, longest=120)
    model = forms.TextField(lazy("型号"), longest=120)
    maker = forms.TextField(lazy("厂家"), longest=120)
    serial_number = forms.TextField(lazy("序列号"), longest=80)
    accessories = forms.LongTextField(lazy("配件"), longest=2_000)
    bought_on = forms.DateField(lazy("购置日期"))
    price = forms.AmountField(lazy("价格"))
    supplier = forms.TextField(lazy("供应商"), longest=120)
    warranty_until = forms.DateField(lazy("保修期至"))
    note = forms.LongTextField(lazy("备注"), longest=1_000)


class ItemFields(CardFields):
    """The card of an item in a form: its category and place are chosen."""

    category_id = forms.ChoiceField(lazy("类别"), coerce=int, required=True)
    place_id = forms.ChoiceField(lazy("存放地点"), coerce=int)

    def values(self, own: Mapping[str, str]) -> ItemValues:
        """Return the typed values for the actions; ``own`` are those of the category's own fields."""
        typed = {
            field.name: field.data
            for field in self  # type: ignore[attr-defined]
            if field.name in ItemValues.__dataclass_fields__
        }
        return ItemValues(**{**typed, "accessories": rows_of(typed["accessories"]), "values": dict(own)})


class NewItemForm(ItemFields, forms.CreationForm):
    """An item to enter; without a person it lies in the store, and whoever enters it is responsible."""

    person_id = forms.ChoiceField(lazy("责任人"), coerce=int, blank=lazy("在库，由我保管"))


class ItemForm(ItemFields, forms.EditForm):
    """An item's card to change."""


def item_form(category: AssetCategory, item: AssetItem, *, posted: bool) -> Any:
    """Return the form of an item's card with a field for each of its category's own, filled unless posted."""
    own = {
        f"own_{place}": forms.TextField(field["label"], longest=200)
        for place, field in enumerate(category.fields)
    }
    form = type("OwnItemForm", (ItemForm,), own)(obj=None if posted else item)
    if not posted:
        form.version.data = item.version
        form.accessories.data = "\n".join(item.accessories)
        for place, field in enumerate(category.fields):
            form[f"own_{place}"].data = str(item.values.get(field["key"], ""))
    return form


def own_values(form: Any, category: AssetCategory, item: AssetItem) -> dict[str, str]:
    """Return what was typed in the category's own fields; what the item says in fields that are gone stays."""
    typed = {
        field["key"]: form[f"own_{place}"].data or ""
        for place, field in enumerate(category.fields)
        if f"own_{place}" in form
    }
    return {key: value for key, value in {**item.values, **typed}.items() if value}


class CategoryFields:
    """A category; its lists are typed a line each."""

    name = forms.TextField(lazy("名称"), required=True, longest=60)
    fields_ = forms.LongTextField(lazy("专用栏目"), longest=1_500, name="fields")
    checklist = forms.LongTextField(lazy("退库检查"), longest=1_500)
    accessories = forms.LongTextField(lazy("常见配件"), longest=1_500)
    check_days = forms.WholeNumberField(lazy("自查间隔（天）"), least=1, most=3_650)

    @property
    def values(self) -> CategoryValues:
        """The typed values for the actions."""
        return CategoryValues(
            name=self.name.data,
            fields=rows_of(self.fields_.data),
            checklist=rows_of(self.checklist.data),
            accessories=rows_of(self.accessories.data),
            check_days=self.check_days.data,
            active=self.active.data if "active" in self else True,  # type: ignore[operator, attr-defined]
        )


class NewCategoryForm(CategoryFields, forms.CreationForm):
    """A category to add."""


class CategoryForm(CategoryFields, forms.EditForm):
    """A category to change."""

    active = forms.CheckField(lazy("启用"))


class PlaceFields:
    """A place."""

    name = forms.TextField(lazy("名称"), required=True, longest=80)
    is_store = forms.CheckField(lazy("这里是库房，存放没有人领用的设备"))

    @property
    def values(self) -> PlaceValues:
        """The typed values for the actions."""
        return PlaceValues(
            name=self.name.data,
            is_store=self.is_store.data,
            active=self.active.data if "active" in self else True,  # type: ignore[operator, attr-defined]
        )


class NewPlaceForm(PlaceFields, forms.CreationForm):
    """A place to add."""


class PlaceForm(PlaceFields, forms.EditForm):
    """A place to change."""

    active = forms.CheckField(lazy("启用"))


# Hand-overs


@dataclass(frozen=True)
class OfferRow:
    """One item in the form of a hand-over: what was chosen of its condition and of what goes along."""

    item: AssetItem
    condition: str
    note: str
    taken: frozenset[str]
    checks: tuple[tuple[int, str, bool, str], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was said of it: the fold is then open."""
        return bool(self.note) or self.condition != Condition.GOOD

    @property
    def offered(self) -> OfferedItem:
        """What the action takes."""
        wanted = tuple(name for name in self.item.accessories if name in self.taken)
        return OfferedItem(self.item.id, self.condition, self.note, wanted)

    @property
    def checklist(self) -> list[dict[str, Any]]:
        """What was looked at, as it is kept."""
        return [{"text": text, "ok": ok, "note": note} for _place, text, ok, note in self.checks]


def offer_rows(items: Sequence[AssetItem], posted: Any, *, checked: bool = False) -> list[OfferRow]:
    """Return the rows of items: as posted, or good and complete where nothing was posted (``posted`` None)."""
    rows = []
    for item in items:
        if posted is None:
            rows.append(
                OfferRow(
                    item,
                    Condition.GOOD,
                    "",
                    frozenset(item.accessories),
                    checks_of(item.category, None, f"i{item.id}") if checked else (),
                )
            )
            continue
        rows.append(
            OfferRow(
                item,
                posted.get(f"condition-{item.id}", Condition.GOOD),
                posted.get(f"note-{item.id}", "").strip(),
                frozenset(posted.getlist(f"accessory-{item.id}")),
                checks_of(item.category, posted, f"i{item.id}") if checked else (),
            )
        )
    return rows


def checks_of(category: AssetCategory, posted: Any, prefix: str) -> tuple[tuple[int, str, bool, str], ...]:
    """Return the list of a category as (place, text, in order, note) as posted under a prefix; None: all open."""
    return tuple(
        (
            place,
            text,
            posted is not None and f"ok-{prefix}-{place}" in posted,
            posted.get(f"said-{prefix}-{place}", "").strip() if posted is not None else "",
        )
        for place, text in enumerate(category.checklist)
    )


def line_checks(hand_over: HandOver, posted: Any) -> dict[int, tuple[tuple[int, str, bool, str], ...]]:
    """Return for each line of a return what is to be looked at, as posted."""
    return {
        line.id: checks_of(line.item.category, posted, f"l{line.id}")
        for line in hand_over.lines
        if line.item.category.checklist
    }


def kept_checks(
    checks: Mapping[int, Sequence[tuple[int, str, bool, str]]],
) -> dict[int, list[dict[str, Any]]]:
    """Return what was looked at by line, as it is kept."""
    return {
        line: [{"text": text, "ok": ok, "note": note} for _place, text, ok, note in rows]
        for line, rows in checks.items()
    }


class OfferForm(forms.CreationForm):
    """To whom things go, and until when where they are lent; each item has its own row beside."""

    to_id = forms.ChoiceField(lazy("交给"), coerce=int, required=True)
    due_back_on = forms.DateField(lazy("归还日期"))
    place_id = forms.ChoiceField(lazy("新的存放地点"), coerce=int, blank=lazy("不变"))
    note = forms.LongTextField(lazy("说明"), longest=500)
    photos = MultipleFileField(lazy("照片"))


class TakeBackForm(forms.CreationForm):
    """Where things are put that the keeper takes back."""

    place_id = forms.ChoiceField(lazy("存放地点"), coerce=int, blank=lazy("不变"))
    note = forms.LongTextField(lazy("说明"), longest=500)


class AcceptForm(forms.EditForm):
    """The receiver's confirmation; ``hand_over`` is what is accepted, ``checks`` what is looked at on a return."""

    hand_over: HandOver
    checks: Mapping[int, Sequence[tuple[int, str, bool, str]]]


class KeepersScreenForm(AcceptForm):
    """The receiver's own password, typed on the screen of who keeps the equipment."""

    password = forms.PasswordField(lazy("接收人的登录密码"))


CONDITIONS = list(CONDITION_LABELS.items())
