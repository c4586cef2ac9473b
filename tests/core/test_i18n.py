"""Language: Chinese sources, one English catalogue, labels looked up when they are shown."""

import gettext

import pytest

from app.core import errors, i18n, sentences
from app.core.i18n import LazyText, lazy, lazy_in_context, using_locale


class Catalogue(gettext.NullTranslations):
    MESSAGES = {"你好": "hello", "你好，%(name)s": "hello %(name)s", "关闭": "close"}

    def gettext(self, message):
        return self.MESSAGES.get(message, message)

    def ngettext(self, singular, plural, number):
        return "%(num)s day" if number == 1 else "%(num)s days"

    def pgettext(self, context, message):
        return "shut down" if context == "state" else self.gettext(message)


original = i18n.catalogue


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(i18n, "catalogue", lambda locale: Catalogue() if locale == "en" else original(locale))


def test_chinese_is_spoken_unless_told_otherwise():
    assert i18n.current_locale() == "zh"
    assert i18n.gettext("你好，%(name)s", name="张三") == "你好，张三"
    assert i18n.ngettext("%(num)s 天", "%(num)s 天", 3) == "3 天"
    assert i18n.pgettext("state", "关闭") == "关闭"


def test_english_is_spoken_inside_its_block():
    with using_locale("en"):
        assert i18n.current_locale() == "en"
        assert i18n.gettext("你好") == "hello"
        assert i18n.gettext("你好，%(name)s", name="Li") == "hello Li"
        assert i18n.ngettext("%(num)s 天", "%(num)s 天", 1) == "1 day"
        assert i18n.ngettext("%(num)s 天", "%(num)s 天", 2) == "2 days"
        assert i18n.pgettext("state", "关闭") == "shut down"
    assert i18n.current_locale() == "zh"


def test_a_missing_translation_shows_chinese():
    with using_locale("en"):
        assert i18n.gettext("没有翻译") == "没有翻译"


@pytest.mark.parametrize("locale", ["fr", "", "EN"])
def test_an_unknown_language_means_chinese(locale):
    with using_locale("en"):
        i18n.set_locale(locale)
        assert i18n.current_locale() == "zh"
        with using_locale(locale):
            assert i18n.current_locale() == "zh"


def test_labels_speak_the_language_in_which_they_are_shown():
    label, shut = lazy("你好"), lazy_in_context("state", "关闭")
    assert (str(label), str(shut)) == ("你好", "关闭")
    with using_locale("en"):
        assert (str(label), str(shut), len(label)) == ("hello", "shut down", 5)
        assert lazy("你好，%(name)s").filled(name="Li") == "hello Li"
    assert str(lazy("你好，%(name)s", name="张三")) == "你好，张三"
    assert (bool(label), bool(lazy(""))) == (True, False)
    assert repr(label) == "LazyText('你好')"


def test_a_label_is_never_compared_and_no_key():
    label = lazy("你好")
    with pytest.raises(TypeError, match="compared"):
        assert label == "你好"
    with pytest.raises(TypeError):
        hash(label)


def test_a_label_is_escaped_in_pages():
    assert LazyText("<b>&\"'").__html__() == "&lt;b&gt;&amp;&#34;&#39;"


def test_without_a_catalogue_chinese_is_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(i18n, "TRANSLATIONS_FOLDER", tmp_path)
    assert original.__wrapped__("en").gettext("你好") == "你好"
    assert original.__wrapped__("zh").gettext("你好") == "你好"


def test_a_text_of_a_context_is_filled_in_it():
    with using_locale("en"):
        assert lazy_in_context("state", "关闭").filled() == "shut down"


def test_a_code_names_one_sentence():
    with pytest.raises(ValueError, match="two sentences"):
        sentences.register({"core:denied": lazy("别的")})
    assert sentences.is_registered("core:denied")
    assert not sentences.is_registered("core:unknown")
    with pytest.raises(KeyError):
        sentences.say("core:unknown")


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (errors.Problem("core:invalid"), 400),
        (errors.Denied("core:not-visible"), 403),
        (errors.NotVisible(), 404),
        (errors.Conflict("core:race"), 409),
        (errors.Stale("张三", "09:41"), 409),
        (errors.Invalid(), 422),
        (errors.Throttled(30, "30 秒"), 429),
    ],
)
def test_every_refusal_has_its_status_and_sentence(problem, status):
    assert problem.status == status
    assert problem.sentence()
