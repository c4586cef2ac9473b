import subprocess
import sys
from decimal import Decimal

import pytest

from app.core.capital_amount import CURRENCY_PREFIX, capital_amount, parse_capital_amount
from app.core.money import MoneyError
from launcher.environment import ROOT
from proofs.capital_amounts import LARGEST_CENTS, broken_round_trips, main, random_cents

VECTORS = [
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("100000", "壹拾万元整"),
    ("1000000", "壹佰万元整"),
    ("110000", "壹拾壹万元整"),
    ("100000000", "壹亿元整"),
    ("200000000", "贰亿元整"),
    ("12000.01", "壹万贰仟元零壹分"),
    ("22.42", "贰拾贰元肆角贰分"),
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.30", "叁角整"),
    ("0.32", "叁角贰分"),
    ("100001000", "壹亿零壹仟元整"),
    ("10010001", "壹仟零壹万零壹元整"),
    ("100000001", "壹亿零壹元整"),
    ("100010000", "壹亿零壹万元整"),
    ("1000.03", "壹仟元零叁分"),
    ("1001", "壹仟零壹元整"),
    ("100.50", "壹佰元零伍角整"),
    ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]


@pytest.mark.parametrize(("amount", "words"), VECTORS)
def test_amounts_are_written_and_read_by_the_rule(amount, words):
    assert capital_amount(Decimal(amount)) == words
    assert parse_capital_amount(words) == Decimal(amount)
    assert parse_capital_amount(CURRENCY_PREFIX + words) == Decimal(amount)


def test_of_the_two_readings_in_use_the_one_with_a_zero_before_the_tenths_is_written():
    assert capital_amount(Decimal("1680.32")) == "壹仟陆佰捌拾元零叁角贰分"
    assert parse_capital_amount("壹仟陆佰捌拾元叁角贰分") == Decimal("1680.32")


def test_a_zero_in_the_ten_thousands_place_before_thousands_is_not_written():
    assert capital_amount(Decimal("107000.53")) == "壹拾万柒仟元零伍角叁分"
    assert parse_capital_amount("壹拾万零柒仟元伍角叁分") == Decimal("107000.53")


def test_other_spellings_are_read():
    assert parse_capital_amount("人民币壹佰圆正") == Decimal("100.00")
    assert parse_capital_amount("壹佰元伍角") == Decimal("100.50")
    assert parse_capital_amount("零元") == Decimal("0.00")


@pytest.mark.parametrize(
    "text",
    ["", "整", "元整", "零", "壹佰", "壹佰元伍分整", "壹佰佰元整"]
    + ["壹万亿元整", "一百元整", "壹佰元整 ", "零角", "100元整"],
)
def test_what_is_no_capital_amount_is_refused(text):
    with pytest.raises(MoneyError) as caught:
        parse_capital_amount(text)
    assert caught.value.reason == "not-a-number"


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("-0.01", "negative"),
        ("0.001", "too-many-decimals"),
        ("1." + "0" * 40 + "1", "too-many-decimals"),
        ("1000000000000", "too-large"),
        ("NaN", "not-a-number"),
        ("Infinity", "not-a-number"),
    ],
)
def test_what_cannot_be_written_is_refused_and_never_rounded(amount, reason):
    with pytest.raises(MoneyError) as caught:
        capital_amount(Decimal(amount))
    assert caught.value.reason == reason


@pytest.mark.parametrize("amount", [1, 1.5, "1"])
def test_only_decimals_are_written(amount):
    with pytest.raises(TypeError):
        capital_amount(amount)


def test_every_amount_up_to_9999_99_is_read_back():
    # In a process of its own: a million amounts under the tracing of coverage take a minute longer.
    told = (
        "from proofs.capital_amounts import EVERY_CENTS_UP_TO, broken_round_trips;"
        "cents = range(EVERY_CENTS_UP_TO + 1); print(len(cents), broken_round_trips(cents))"
    )
    found = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split("\n")[0] == "1000000 []"


def test_random_amounts_of_all_lengths_are_read_back():
    cents = random_cents(50_000, seed=7)
    assert max(cents) > LARGEST_CENTS // 100
    assert broken_round_trips(cents) == []


def test_the_proof_counts_what_comes_back_changed(monkeypatch, capsys):
    monkeypatch.setattr("proofs.capital_amounts.RANDOM_ROUND_TRIPS", 100)
    monkeypatch.setattr("proofs.capital_amounts.EVERY_CENTS_UP_TO", 99)
    assert main() == 0
    monkeypatch.setattr("proofs.capital_amounts.parse_capital_amount", lambda words: Decimal("1.00"))
    assert main() == 1
    assert "100 changed" in capsys.readouterr().out
