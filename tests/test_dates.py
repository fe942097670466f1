"""Dates and amounts of money: what they say, and where they stand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.dates import amounts, dates
from kg.model import Span

PUBLISHED = "2024-02-06"

FOUND = [
    # The forms of the releases, full and abbreviated.
    ("เมื่อวันที่ 6 กุมภาพันธ์ 2567 ณ กรุงเทพฯ", [("6 กุมภาพันธ์ 2567", "2024-02-06")]),
    ("วันอังคารที่ 6 เดือนกุมภาพันธ์ พ.ศ. 2567", [("6 เดือนกุมภาพันธ์ พ.ศ. 2567", "2024-02-06")]),
    ("6 กุมภาพันธ์ ค.ศ. 2024", [("6 กุมภาพันธ์ ค.ศ. 2024", "2024-02-06")]),
    ("6 ก.พ. 67", [("6 ก.พ. 67", "2024-02-06")]),
    ("6ก.พ.67", [("6ก.พ.67", "2024-02-06")]),
    ("6 กพ 2567", [("6 กพ 2567", "2024-02-06")]),
    ("28 ก.พ. 2567 เวลา 09.30 น.", [("28 ก.พ. 2567", "2024-02-28")]),
    ("15/03/2566", [("15/03/2566", "2023-03-15")]),
    ("5 กรกฏาคม 2560", [("5 กรกฏาคม 2560", "2017-07-05")]),
    ("โฆษก/23 พฤษภาคม 2560", [("23 พฤษภาคม 2560", "2017-05-23")]),
    ("29 กุมภาพันธ์ 2567", [("29 กุมภาพันธ์ 2567", "2024-02-29")]),
    # Without a year: the nearest, or the last one.
    ("28 ก.พ. นี้", [("28 ก.พ. นี้", "2024-02-28")]),
    ("วันที่ 30 ธันวาคม", [("30 ธันวาคม", "2023-12-30")]),
    ("24 มีนาคมที่ผ่านมา", [("24 มีนาคมที่ผ่านมา", "2023-03-24")]),
    ("เดือนตุลาคมที่ผ่านมา", [("ตุลาคมที่ผ่านมา", "2023-10")]),
    ("26 กรกฎาคม 256 เวลา", [("26 กรกฎาคม", "2024-07-26")]),
    # Periods and lists.
    ("ระหว่างวันที่ 8 - 9 กุมภาพันธ์ 2562", [("8 - 9 กุมภาพันธ์ 2562", "2019-02-08/2019-02-09")]),
    ("4 ถึง 6 พฤษภาคม 2562", [("4 ถึง 6 พฤษภาคม 2562", "2019-05-04/2019-05-06")]),
    ("วันศุกร์ที่ 8 - วันเสาร์ที่ 9 มีนาคม 2562", [("8 - วันเสาร์ที่ 9 มีนาคม 2562", "2019-03-08/2019-03-09")]),
    ("28 สิงหาคม - 1 กันยายน 2566", [("28 สิงหาคม - 1 กันยายน 2566", "2023-08-28/2023-09-01")]),
    ("31 มกราคม-1 กุมภาพันธ์ 2562", [("31 มกราคม-1 กุมภาพันธ์ 2562", "2019-01-31/2019-02-01")]),
    ("2 พ.ย. – 28 ก.พ. 2561", [("2 พ.ย. – 28 ก.พ. 2561", "2017-11-02/2018-02-28")]),
    ("1 มี.ค.63 ถึงวันที่ 31 พ.ค.63", [("1 มี.ค.63 ถึงวันที่ 31 พ.ค.63", "2020-03-01/2020-05-31")]),
    ("8 และ 9 กุมภาพันธ์ 2562", [("8 และ 9 กุมภาพันธ์ 2562", "2019-02-08/2019-02-09")]),
    ("17 และ 24 ธันวาคม 2563", [("17", "2020-12-17"), ("24 ธันวาคม 2563", "2020-12-24")]),
    ("1, 2 และ 3 มีนาคม 2564", [("1, 2 และ 3 มีนาคม 2564", "2021-03-01/2021-03-03")]),
    ("ม.ค.-มิ.ย. 65", [("ม.ค.-มิ.ย. 65", "2022-01/2022-06")]),
    # Months, years and years of the budget.
    ("เดือนมีนาคม 2565", [("มีนาคม 2565", "2022-03")]),
    ("เดือนเมษายน ปี ค.ศ. 2012", [("เมษายน ปี ค.ศ. 2012", "2012-04")]),
    ("มกราคม พ.ศ. 2562", [("มกราคม พ.ศ. 2562", "2019-01")]),
    ("ปี 1973", [("ปี 1973", "1973")]),
    ("ต้นปี 2566", [("ปี 2566", "2023")]),
    ("ปี พ.ศ. 2568", [("ปี พ.ศ. 2568", "2025")]),
    ("อาเซียน ปี 62 และ", [("ปี 62", "2019")]),
    ("(พ.ศ. 2561 - 2580)", [("พ.ศ. 2561 - 2580", "2018/2037")]),
    ("ปี 2566/67", [("ปี 2566/67", "2023/2024")]),
    ("ปีงบประมาณ พ.ศ. 2567", [("ปีงบประมาณ พ.ศ. 2567", "2023-10-01/2024-09-30")]),
    ("ปีงบประมาณ 2566 - 2567", [("ปีงบประมาณ 2566 - 2567", "2022-10-01/2024-09-30")]),
    # Words that count from the day of the news.
    ("วันนี้ (5 กุมภาพันธ์ 2567)", [("5 กุมภาพันธ์ 2567", "2024-02-05")]),
    ("วันนี้ นายกรัฐมนตรี", [("วันนี้", "2024-02-06")]),
    ("เมื่อวานนี้", [("เมื่อวานนี้", "2024-02-05")]),
    ("วันนี้ (1 มี.ค. 66) ส่วนวานนี้", [("1 มี.ค. 66", "2023-03-01"), ("วานนี้", "2023-02-28")]),
    ("วันพรุ่งนี้ (14 เมษายน 2563)", [("14 เมษายน 2563", "2020-04-14")]),
    ("เมื่อปีที่แล้ว (2023)", [("2023", "2023")]),
    ("ต้นปีหน้า", [("ปีหน้า", "2025")]),
    ("เดือนที่แล้ว", [("เดือนที่แล้ว", "2024-01")]),
    # English.
    ("on August 18, 2023, at", [("August 18, 2023", "2023-08-18")]),
    ("18-20 August 2023", [("18-20 August 2023", "2023-08-18/2023-08-20")]),
    ("November 3-18, 2022", [("November 3-18, 2022", "2022-11-03/2022-11-18")]),
    ("Sep 28- Oct 1", [("Sep 28- Oct 1", "2023-09-28/2023-10-01")]),
    ("the 12th of March", [("12th of March", "2024-03-12")]),
    ("since August 9, 15 provinces", [("August 9", "2023-08-09")]),
    ("October 2020-June 2021", [("October 2020-June 2021", "2020-10/2021-06")]),
    ("by 2030", [("2030", "2030")]),
]

NOT_DATES = [
    "พระราชบัญญัติคุ้มครองแรงงาน (ฉบับที่ 7) พ.ศ. 2560",
    "ตาม พ.ร.บ สถานบริการ พ.ศ. 2509",
    "31 กุมภาพันธ์ 2567",
    "เวลา 09.30 น.",
    "โรคติดเชื้อไวรัสโคโรนา 2019 (COVID-19)",
    "อายุ 62 ปี",
    "ครบรอบ 50 ปีที่ผ่านมา",
    "ร้อยละ 65.5 จำนวน 2,567 คน",
    "ทุกวันนี้",
    "วันที่ 5 ธันวาคมของทุกปี",
    "You may come",
    "โทร. 0 2283 2567",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_a_date_is_found_with_its_value(text: str, expected: list[tuple[str, str]]) -> None:
    """Each form in which the releases write dates gives its span and its value."""
    found = dates(text, Span(0, len(text)), PUBLISHED)
    assert [(span.of(text), value) for span, value in found] == expected


@pytest.mark.parametrize("text", NOT_DATES)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    """Names of laws, days that do not exist, times, ages and quantities are no dates."""
    assert dates(text, Span(0, len(text)), PUBLISHED) == []


def test_what_counts_from_an_unknown_day_is_left_out() -> None:
    """Without a day of the news, neither "วันนี้" nor a date without a year has a value."""
    text = "วันนี้ และ 6 กุมภาพันธ์ และ 7 มีนาคม 2567"
    found = dates(text, Span(0, text.index("และ 7")), None)
    assert found == []


def test_today_is_the_day_that_an_earlier_paragraph_gave() -> None:
    """What the text says about today counts before the date line."""
    text = "วันนี้ (5 กุมภาพันธ์ 2567) รัฐมนตรี\nแถลงวันนี้ว่า"
    line = Span(text.index("\n") + 1, len(text))
    assert [value for _, value in dates(text, line, "2024-02-09")] == ["2024-02-05"]


def test_only_the_span_is_searched() -> None:
    """Dates outside the span are not found."""
    text = "1 มกราคม 2560 และ 5 มีนาคม 2561"
    span = Span(text.index("5 มี"), len(text))
    assert dates(text, span, None) == [(span, "2018-03-05")]


MONTHS = ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"]
MONTHS += ["กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"]
SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@given(DAYS, st.sampled_from([MONTHS, SHORT]), st.sampled_from(["", " ", "  "]))
def test_every_day_is_read_back(day: date, months: list[str], gap: str) -> None:
    """Any day, written in Thai, is read back, whatever the spaces."""
    text = f"{day.day}{gap}{months[day.month - 1]}{gap}{day.year + 543}"
    assert dates(text, Span(0, len(text)), None) == [(Span(0, len(text)), day.isoformat())]


@given(DAYS, st.integers(1, 300))
def test_every_period_is_read_back(first: date, length: int) -> None:
    """Any period within a year, with the year written once at its end, is read back."""
    last = first + timedelta(length)
    text = f"{first.day} {MONTHS[first.month - 1]} - {last.day} {MONTHS[last.month - 1]} {last.year + 543}"
    assert dates(text, Span(0, len(text)), None) == [(Span(0, len(text)), f"{first}/{last}")]


@given(DAYS, st.integers(-150, 150))
def test_a_day_without_a_year_is_the_nearest(published: date, distance: int) -> None:
    """A day without a year is the one nearest to the news."""
    day = published + timedelta(distance)
    text = f"{day.day} {MONTHS[day.month - 1]}"
    assert dates(text, Span(0, len(text)), published.isoformat()) == [(Span(0, len(text)), day.isoformat())]


PIECES = st.sampled_from(
    [*"0123456789 -–/,.()'", *MONTHS, *SHORT, "ปี", "พ.ศ. ", "วันนี้", "และ", "May ", "ล้าน", "บาท", "$"]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([None, PUBLISHED]))
def test_anything_gives_real_values_in_order(text: str, published: str | None) -> None:
    """Whatever the text, spans lie in order within it, and values are dates that exist."""
    everything = Span(0, len(text))
    for found in (dates(text, everything, published), amounts(text, everything)):
        spans = [span for span, _ in found]
        assert all(span.start < span.end <= len(text) for span in spans)
        assert all(before.end <= after.start for before, after in pairwise(spans))
    for _, value in dates(text, everything, published):
        limits = value.split("/")
        assert limits == sorted(limits)
        for limit in limits:
            date.fromisoformat(limit + "-01-01"[: 10 - len(limit)])


MONEY = [
    ("งบประมาณ 53,104,158 บาท", [("53,104,158 บาท", "53104158 THB")]),
    ("40 ล้านบาท", [("40 ล้านบาท", "40000000 THB")]),
    ("1.5 แสนล้านบาท", [("1.5 แสนล้านบาท", "150000000000 THB")]),
    ("2 หมื่นล้านบาท", [("2 หมื่นล้านบาท", "20000000000 THB")]),
    ("3,712.8090 ล้านบาท", [("3,712.8090 ล้านบาท", "3712809000 THB")]),
    ("4.7 ล้านล้านเหรียญสหรัฐฯ", [("4.7 ล้านล้านเหรียญสหรัฐฯ", "4700000000000 USD")]),
    ("203,507 ดอลลาร์สหรัฐ", [("203,507 ดอลลาร์สหรัฐ", "203507 USD")]),
    ("1.41 ล้านหยวน และ 5 ล้านเยน", [("1.41 ล้านหยวน", "1410000 CNY"), ("5 ล้านเยน", "5000000 JPY")]),
    ("300 กว่าล้านบาท", [("300 กว่าล้านบาท", "300000000 THB")]),
    ("วงเงิน 50 ลบ.", [("50 ลบ.", "50000000 THB")]),
    ("10 - 20 ล้านบาท", [("10", "10000000 THB"), ("20 ล้านบาท", "20000000 THB")]),
    ("0.20 บาท", [("0.20 บาท", "0.2 THB")]),
    ("100 million baht", [("100 million baht", "100000000 THB")]),
    ("4,019.80 million Baht", [("4,019.80 million Baht", "4019800000 THB")]),
    ("US$ 5 billion", [("US$ 5 billion", "5000000000 USD")]),
    ("5 เหรียญทอง 18 ล้าน ลบ.ม. และ 5 บทบาท 40 ล้านคน", []),
]


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_an_amount_is_found_with_its_value(text: str, expected: list[tuple[str, str]]) -> None:
    """Each form in which the releases write amounts gives its span and its value."""
    assert [(span.of(text), value) for span, value in amounts(text, Span(0, len(text)))] == expected


@given(st.decimals(min_value=0, max_value=10**9, places=3, allow_nan=False, allow_infinity=False))
def test_amounts_are_exact(number: Decimal) -> None:
    """Amounts are multiplied out without a rounding error."""
    text = f"{number:,} ล้านบาท"
    [(span, value)] = amounts(text, Span(0, len(text)))
    amount, currency = value.split()
    assert (span, currency) == (Span(0, len(text)), "THB")
    assert int(amount) == number * 1_000_000
