"""English is complete: every source translated, no placeholder lost, nothing stale, the compiled file true."""

import importlib.util
import re
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalogue(translations: ModuleType) -> Catalog:
    return translations.merged()


def test_every_source_has_its_english(translations: ModuleType, catalogue: Catalog) -> None:
    assert translations.missing(catalogue) == []


def test_placeholders_are_kept(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id or isinstance(message.id, (tuple, list)):
            continue
        assert set(PLACEHOLDER.findall(str(message.string))) == set(PLACEHOLDER.findall(message.id)), (
            message.id
        )


def test_no_chinese_is_left_in_english(catalogue: Catalog) -> None:
    left = [message.string for message in catalogue if message.id and HAN.search(str(message.string))]
    assert left == []


def test_nothing_is_fuzzy(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_the_compiled_catalogue_is_that_of_the_texts(translations: ModuleType) -> None:
    with translations.COMPILED.open("rb") as stream:
        compiled = GNUTranslations(stream)
    for message in translations.stored():
        if not message.id:
            continue
        if isinstance(message.id, (tuple, list)):
            spoken = tuple(compiled.ngettext(*message.id, number) for number in (1, 2))
            assert spoken == tuple(message.string)
        elif message.context:
            assert compiled.pgettext(message.context, message.id) == message.string
        else:
            assert compiled.gettext(message.id) == message.string
