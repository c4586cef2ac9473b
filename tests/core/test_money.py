from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import money
from app.core.money import MoneyError, TaxedAmount

rates = st.sampled_from([Decimal(rate) for rate in ("0", "0.5", "1", "1.5", "3", "6", "9", "13", "13.00")])
cents = st.integers(min_value=1, max_value=10**9).map(lambda value: Decimal(value).scaleb(-2))
lines = st.lists(st.builds(TaxedAmount, cents, rates), max_size=40)


def reason_of(call, *arguments, **options):
    with pytest.raises(MoneyError) as caught:
        call(*arguments, **options)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12.00"),
        ("0", "0.00"),
        (" 1234.5 ", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("１２３４．５６", "1234.56"),
        ("１，２３４．５", "1234.50"),
        ("￥1,234.50", "1234.50"),
        ("¥ 12", "12.00"),
        ("12元", "12.00"),
        ("1.2万", "12000.00"),
        ("１．２３４５６７ 万元", "12345.67"),
        (".5", "0.50"),
        ("+3", "3.00"),
        ("1.5000", "1.50"),
        ("-0", "0.00"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_amounts_are_read_as_the_office_types_them(text, value):
    result = money.parse_amount(text)
    assert str(result) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        (" \u3000", "missing"),
        ("NaN", "not-a-number"),
        ("Infinity", "not-a-number"),
        ("-inf", "not-a-number"),
        ("1e400", "not-a-number"),
        ("1E2", "not-a-number"),
        ("1_000", "not-a-number"),
        ("0x10", "not-a-number"),
        ("10²", "not-a-number"),
        ("①", "not-a-number"),
        ("½", "not-a-number"),
        ("١٢", "not-a-number"),
        ("1,5", "not-a-number"),
        ("1,23,456", "not-a-number"),
        ("12,34", "not-a-number"),
        ("1.2.3", "not-a-number"),
        ("5.", "not-a-number"),
        (".", "not-a-number"),
        ("¥", "not-a-number"),
        ("万", "not-a-number"),
        ("1 000", "not-a-number"),
        ("一百", "not-a-number"),
        ("12\n13", "not-a-number"),
        ("1\x002", "not-a-number"),
        ("\ud8001", "not-a-number"),
        ("--1", "not-a-number"),
        ("$12", "not-a-number"),
        ("-1", "negative"),
        ("－1", "negative"),
        ("\u22121", "negative"),
        ("-¥1", "negative"),
        ("1.234", "too-many-decimals"),
        ("1.123456789", "too-many-decimals"),
        ("0.0000001万", "too-many-decimals"),
        ("1000000000000", "too-large"),
        ("100000000万", "too-large"),
        ("9" * 60, "too-large"),
        ("9" * 5000, "too-large"),
        ("1" + "0" * 1_000_000, "too-large"),
    ],
)
def test_what_is_no_usable_amount_is_refused_with_its_reason(text, reason):
    assert reason_of(money.parse_amount, text) == reason


def test_refusals_carry_the_limit_a_sentence_needs():
    with pytest.raises(MoneyError) as decimals:
        money.parse_unit_price("0.00001")
    with pytest.raises(MoneyError) as size:
        money.parse_quantity("1000000000")
    assert (decimals.value.limit, size.value.limit) == (4, money.QUANTITY_MAX)


def test_negative_figures_are_read_where_they_are_allowed():
    assert money.parse_amount("-12.5", allow_negative=True) == Decimal("-12.50")
    assert money.parse_unit_price("－１", allow_negative=True) == Decimal("-1.0000")
    assert money.parse_quantity("-0.125", allow_negative=True) == Decimal("-0.125")
    assert reason_of(money.parse_amount, "-1000000000000", allow_negative=True) == "too-large"


def test_unit_prices_keep_four_decimals_and_quantities_three():
    assert str(money.parse_unit_price("0.0375")) == "0.0375"
    assert str(money.parse_quantity("2.125")) == "2.125"
    assert reason_of(money.parse_quantity, "2.1255") == "too-many-decimals"


@pytest.mark.parametrize("text", ["¥3", "￥3", "3元"])
def test_a_quantity_takes_no_currency(text):
    assert reason_of(money.parse_quantity, text) == "not-a-number"


@pytest.mark.parametrize(
    ("text", "value"),
    [("13", "13"), ("13%", "13"), ("１３％", "13"), ("0.5 %", "0.5"), ("0", "0"), ("100", "100")],
)
def test_percent_is_read_in_points(text, value):
    assert money.parse_percent(text) == Decimal(value)
    assert money.parse_tax_rate(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("%", "not-a-number"),
        ("13%%", "not-a-number"),
        ("1,000", "not-a-number"),
        ("-1", "negative"),
        ("100.01", "too-large"),
        ("1.234", "too-many-decimals"),
    ],
)
def test_what_is_no_percentage_is_refused(text, reason):
    assert reason_of(money.parse_percent, text) == reason


def test_a_tax_rate_typed_as_a_fraction_is_refused():
    assert money.parse_percent("0.13") == Decimal("0.13")
    assert reason_of(money.parse_tax_rate, "0.13") == "rate-as-fraction"
    assert reason_of(money.totals, [TaxedAmount(Decimal(1), Decimal("0.13"))]) == "rate-as-fraction"


def test_the_limits_fit_the_integers_of_both_engines():
    largest_integer = 2**63 - 1
    many_lines = 10_000
    assert many_lines * int(money.AMOUNT_MAX * 100) < largest_integer
    assert int(money.UNIT_PRICE_MAX * 10_000) < largest_integer
    assert int(money.QUANTITY_MAX * 1000) < largest_integer


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "0.335", "1.01"),
        ("1", "0.005", "0.01"),
        ("1", "0.0049", "0.00"),
        ("0.001", "0.0001", "0.00"),
        ("-1", "0.005", "-0.01"),
        ("2.5", "1234.56", "3086.40"),
    ],
)
def test_a_line_is_rounded_half_up_once(quantity, price, amount):
    assert str(money.line_amount(Decimal(quantity), Decimal(price))) == amount


def test_rounding_does_not_depend_on_the_callers_context():
    with localcontext() as context:
        context.prec = 3
        context.rounding = "ROUND_DOWN"
        assert str(money.line_amount(Decimal(3), Decimal("123456.3350"))) == "370369.01"
        assert str(money.totals([TaxedAmount(Decimal("123456.78"), Decimal(13))]).net) == "109253.79"


def test_a_line_above_the_limit_is_refused():
    assert reason_of(money.line_amount, money.QUANTITY_MAX, money.UNIT_PRICE_MAX) == "too-large"
    assert reason_of(money.line_amount, Decimal("NaN"), Decimal(1)) == "not-a-number"


def test_totals_above_the_limit_are_refused():
    heavy = TaxedAmount(money.AMOUNT_MAX, Decimal(13))
    assert reason_of(money.totals, [heavy, heavy]) == "too-large"


def test_totals_of_nothing_are_zero():
    assert money.totals([]) == (Decimal("0.00"), Decimal("0.00"), Decimal("0.00"), ())


def test_tax_is_derived_per_rate_group_from_the_gross():
    result = money.totals(
        [
            TaxedAmount(Decimal("113.00"), Decimal(13)),
            TaxedAmount(Decimal("0.10"), Decimal("13.00")),
            TaxedAmount(Decimal("109.00"), Decimal(9)),
            TaxedAmount(Decimal("50.00"), Decimal(0)),
        ]
    )
    assert result.groups == (
        (Decimal(13), Decimal("113.10"), Decimal("100.09"), Decimal("13.01")),
        (Decimal(9), Decimal("109.00"), Decimal("100.00"), Decimal("9.00")),
        (Decimal(0), Decimal("50.00"), Decimal("50.00"), Decimal("0.00")),
    )
    assert (result.gross, result.net, result.tax) == (Decimal("272.10"), Decimal("250.09"), Decimal("22.01"))


def test_a_net_of_exactly_half_a_cent_is_rounded_away_from_zero():
    # 0.25 / (1 + 100 %) = 0.125
    assert money.totals([TaxedAmount(Decimal("0.25"), Decimal(100))]).net == Decimal("0.13")
    assert money.totals([TaxedAmount(Decimal("-0.25"), Decimal(100))]).net == Decimal("-0.13")


def test_the_cent_left_over_goes_to_the_largest_remainder_first_then_to_the_earlier_line():
    three_alike = [TaxedAmount(Decimal("1.00"), Decimal(13))] * 3
    assert money.spread_net(three_alike) == [Decimal("0.89"), Decimal("0.88"), Decimal("0.88")]
    mixed = [TaxedAmount(Decimal("1.00"), Decimal(13)), TaxedAmount(Decimal("1.02"), Decimal(13))]
    # Exactly 0.88496 and 0.90265; together 1.79, and 0.88 + 0.90 leaves one cent for the first.
    assert money.spread_net(mixed) == [Decimal("0.89"), Decimal("0.90")]


def test_a_discount_line_is_spread_like_the_others():
    with_discount = [TaxedAmount(Decimal("100.00"), Decimal(13)), TaxedAmount(Decimal("-0.07"), Decimal(13))]
    assert sum(money.spread_net(with_discount)) == money.totals(with_discount).net


@given(lines)
def test_totals_and_printed_columns_add_up(document):
    result = money.totals(document)
    assert result.gross == sum(line.gross for line in document)
    assert result.net + result.tax == result.gross
    column = money.spread_net(document)
    assert sum(column) == result.net
    for group in result.groups:
        of_group = [
            (line, net) for line, net in zip(document, column, strict=True) if line.rate == group.rate
        ]
        assert group.net + group.tax == group.gross == sum(line.gross for line, _ in of_group)
        assert group.net == sum(net for _, net in of_group)
        exact = Fraction(group.gross) / (1 + Fraction(group.rate) / 100)
        assert abs(Fraction(group.net) - exact) <= Fraction(1, 200)
        for line, net in of_group:
            exact_of_line = Fraction(line.gross) / (1 + Fraction(group.rate) / 100)
            assert abs(Fraction(net) - exact_of_line) < Fraction(1, 100)


@given(
    st.decimals(min_value=0, max_value=10**6, places=3), st.decimals(min_value=0, max_value=10**5, places=4)
)
def test_a_line_equals_the_exact_product_rounded_half_up(quantity, price):
    exact = (quantity * price).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert money.line_amount(quantity, price) == exact


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_a_printed_amount_is_read_back(amount):
    assert money.parse_amount(money.format_amount(amount), allow_negative=True) == amount


@given(st.text(max_size=80))
def test_reading_any_text_gives_a_figure_or_a_reason(text):
    for parse in (money.parse_amount, money.parse_unit_price, money.parse_quantity, money.parse_percent):
        try:
            outcome = "figure" if parse(text) >= 0 else "negative figure"
        except MoneyError as error:
            outcome = error.reason
        assert outcome in {
            "figure", "missing", "not-a-number", "negative", "too-many-decimals", "too-large",
        }  # fmt: skip


def test_figures_are_printed_as_on_the_paper():
    assert money.format_amount(Decimal("1234.5")) == "1,234.50"
    assert money.format_amount(Decimal("-0.5")) == "-0.50"
    assert money.format_amount(Decimal(0)) == "0.00"
    assert money.format_unit_price(Decimal("12.5000")) == "12.50"
    assert money.format_unit_price(Decimal("1000.0375")) == "1,000.0375"
    assert money.format_unit_price(Decimal("0.125")) == "0.125"
    assert money.format_quantity(Decimal("1200.000")) == "1,200"
    assert money.format_quantity(Decimal("2.500")) == "2.5"
    assert money.format_quantity(Decimal(100)) == "100"
    assert money.format_percent(Decimal("13.00")) == "13%"
    assert money.format_percent(Decimal("0.50")) == "0.5%"
    assert money.format_percent(Decimal(0)) == "0%"


def test_printing_never_rounds():
    assert reason_of(money.format_amount, Decimal("1.005")) == "too-many-decimals"
    assert reason_of(money.format_amount, Decimal("1." + "0" * 40 + "1")) == "too-many-decimals"
    assert reason_of(money.format_amount, Decimal("Infinity")) == "not-a-number"
