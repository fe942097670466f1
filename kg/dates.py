"""Dates and amounts of money in Thai and English text, with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from kg.lexicon import either, load
from kg.model import Span

_DIGIT = re.compile("[0-9]")
_NUMBER = re.compile("[0-9]+")
_ENDS_IN_WORD = re.compile(r"[ก-๎.]\Z")
_ABBREVIATED = 3
"""Thai months of so few letters are short forms, which other words may end in."""
_TODAY_REACH = 10_000
"""How far before a word such as "พรุ่งนี้" the text may give the day in brackets, in characters."""
_LAW_REACH = 160
"""How far before "พ.ศ. 2560" the name of a law may begin, in characters."""


def dates(plain: str, span: Span, published: str | None) -> list[tuple[Span, str]]:
    """The dates within ``span`` of ``plain``, in order: where each stands, and its ISO 8601 value.

    Values are days ("2024-02-06"), months ("2024-02"), years ("1973") and periods of them
    ("2019-02-08/2019-02-09"). ``published`` is the day of the news, also in ISO 8601. Dates without a
    year are the nearest to it; words such as "วันนี้" count from it, or from the date that the text
    last gave in brackets after that word. Where neither is known these are left out, as are
    impossible dates and the years in the names of laws.
    """
    today = date.fromisoformat(published) if published else None
    parts = _parts(plain, span, today)
    return list(_joined(plain, _with_years(plain, parts, today))) if parts else []


class _Part(NamedTuple):
    """One date as far as the text spells it out, such as the "8" of "8 - 9 กุมภาพันธ์ 2562".

    ``past``: of the days it may mean, the last before the news. ``sure``: a date even without a year.
    """

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    past: bool = False
    sure: bool = True
    fiscal: bool = False

    @property
    def shape(self) -> tuple[bool, ...]:
        return self.month is None, self.day is None, self.fiscal

    def limits(self) -> tuple[str, str]:
        """Its first and last day, or the month or the year itself, twice. It has a year by now."""
        if self.fiscal and self.year:
            return f"{self.year - 1}-10-01", f"{self.year}-09-30"
        numbers = [f"{self.year:04}", *(f"{number:02}" for number in (self.month, self.day) if number)]
        return "-".join(numbers), "-".join(numbers)

    def exists(self) -> bool:
        try:
            date(self.year or 2000, self.month or 1, self.day or 1)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class _Grammar:
    """What ``data/thai/dates.toml`` says, as patterns."""

    day_month: re.Pattern[str]
    slashed: re.Pattern[str]
    month: re.Pattern[str]
    month_day: re.Pattern[str]
    years: tuple[re.Pattern[str], ...]
    relative: re.Pattern[str]
    period: re.Pattern[str]
    listing: re.Pattern[str]
    law: re.Pattern[str]
    months: dict[str, int]
    shifts: dict[str, tuple[str, int]]
    today: tuple[str, ...]
    not_relative: tuple[str, ...]
    before_month: tuple[str, ...]
    before_era: tuple[str, ...]
    fiscal: tuple[str, ...]
    past: frozenset[str]
    common: frozenset[str]


def _loosely(word: str) -> str:
    """A pattern for a word in which dots may be missing and spaces may follow them."""
    letters = r"\.? ?".join(map(re.escape, word.rstrip(".").split(".")))
    return letters + (r"(?:\.|(?![ก-๎a-z]))" if "." in word else "(?![ะ-ฺ็-๎a-z])")


def _bare(word: str) -> str:
    return word.replace(".", "").replace(" ", "")


@cache
def _grammar() -> _Grammar:
    data = load("dates.toml")
    months = {_bare(name): int(number) for number, names in data["months"].items() for name in names}
    thai = [name for names in data["months"].values() for name in names if not name.isascii()]
    latin = [name for names in data["months"].values() for name in names if name.isascii()]
    shifts = {
        word: (unit, shift) for unit, words in data["relative"].items() for word, shift in words.items()
    }
    weekday = "(?:วัน(?:[ก-๙]{2,9})?ที่ *)?"
    number = (
        "[0-9](?<![0-9][0-9])(?<![0-9][.,/:][0-9])(?<![A-Za-z][-–][0-9])[0-9]?(?:st|nd|rd|th)?"
        "(?![0-9]|[.:][0-9])"
    )
    days, days_after = (
        f"(?P<days>{number}(?: *{either(words)} *{weekday}{number}){{0,9}})"
        for words in (data["range"] + data["list"], data["range"] + [w for w in data["list"] if w != ","])
    )
    era = f"(?P<era>{either(data['buddhist'] + data['common'], _loosely)})"
    long = "(?:1[89]|2[0-6])[0-9][0-9](?![0-9]|,[0-9])"
    two = f"[0-9][0-9](?![0-9%]|[.,:][0-9]| *{either(data['counted'])})"
    short = f"(?=[5-7]){two}"
    long_year = f"(?P<year>{long})"
    year = f"['’‘]?(?P<year>{long}|{short})"
    until = (
        f"(?: *{either([*data['range'], '/'])} *(?:ปี *)?(?:{era.replace('<era>', '<era_until>')} *)?"
        f"(?P<until>{long}|{two}))?"
    )
    after = (
        f"(?: *(?P<every>{either(data['every'])})|(?:, *(?=[0-9]{{4}}))? *(?:ปี *)?(?:{era} *)?{year}"
        f"| *(?P<tail>{either(data['this'] + data['past'])}))?"
    )
    before = f"{weekday}(?:เดือน|ปี)? *(?:{either(data['buddhist'] + data['common'], _loosely)})?"
    return _Grammar(
        day_month=re.compile(f"{days} *(?:เดือน *|of )?(?P<month>{either(thai + latin, _loosely)}){after}"),
        slashed=re.compile(f"([0-9]{{1,2}})(?<![0-9/]..)/([0-9]{{1,2}})/({long}|{short})(?!/)"),
        month=re.compile(f"(?P<month>{either(thai, _loosely)})(?P<days>){after}"),
        month_day=re.compile(f"(?P<month>{either(latin, _loosely)})(?: *{days_after})?{after}"),
        years=(
            re.compile(f"(?:{either(data['fiscal'])}|ปี) *(?:{era} *)?{year}{until}"),
            re.compile(f"{era} *{long_year}{until}"),
            re.compile(f"{either(data['before_year'])} {long_year}{until}(?P<era>)"),
        ),
        relative=re.compile(
            rf"(?P<word>{either(shifts)})(?P<open> *\( *(?:ปี *)?{weekday})?(?:(?:{era} *)?{year}(?= *\)))?"
        ),
        period=re.compile(f" *{either([*data['range'], '/'])} *{before} *"),
        listing=re.compile(f" *{either(data['list'])} *{before} *"),
        law=re.compile(either(data["laws"], _loosely)),
        months=months,
        shifts=shifts,
        today=tuple(word for word, shift in shifts.items() if shift == ("day", 0)),
        not_relative=tuple(data["not_relative"]),
        before_month=tuple(data["before_month"]),
        before_era=tuple(data["before_era"]),
        fiscal=tuple(data["fiscal"]),
        past=frozenset(data["past"]),
        common=frozenset(map(_bare, data["common"])),
    )


def _parts(plain: str, span: Span, today: date | None) -> list[_Part]:
    """The dates as they are spelled out, in order, without those that lie within others."""
    grammar = _grammar()
    start, end = span.start, span.end
    found: list[_Part] = []
    with_days: set[int] = set()
    if _DIGIT.search(plain, start, end):
        for match in grammar.day_month.finditer(plain, start, end):
            found += _months(plain, match)
        with_days = {part.end for part in found}
        for pattern in grammar.years:
            for match in pattern.finditer(plain, start, end):
                found += _years(plain, match)
        if plain.find("/", start, end) >= 0:
            for match in grammar.slashed.finditer(plain, start, end):
                day, month, year = match.groups()
                found.append(_Part(*match.span(), _year(year), int(month), int(day)))
    for pattern in (grammar.month, grammar.month_day):
        for match in pattern.finditer(plain, start, end):
            if match.end() not in with_days:
                found += _months(plain, match)
    for match in grammar.relative.finditer(plain, start, end):
        found += _relative(plain, match, today)
    found.sort(key=lambda part: (part.start, -part.end))
    apart: list[_Part] = []
    for part in found:
        if not apart or part.start >= apart[-1].end:
            apart.append(part)
    return apart


def _months(plain: str, match: re.Match[str]) -> Iterator[_Part]:
    """A month, or each of the days before or after its name: "8", "9 กุมภาพันธ์ 2562"."""
    grammar = _grammar()
    if match["every"]:
        return
    name = _bare(match["month"])
    month, year, past = (
        grammar.months[name],
        _year(match["year"], match["era"]),
        match["tail"] in grammar.past,
    )
    start, end = match.span()
    if not match["days"]:
        before = plain[max(0, start - 12) : start]
        cue = before.rstrip().endswith(grammar.before_month)
        if cue or len(name) > _ABBREVIATED or not _ENDS_IN_WORD.search(before):
            yield _Part(start, end, year, month, past=past, sure=cue or bool(match["tail"]))
        return
    days = list(_NUMBER.finditer(plain, *match.span("days")))
    for place, day in enumerate(days):
        yield _Part(
            start if place == 0 else day.start(),
            end if place == len(days) - 1 else day.end(),
            year,
            month,
            int(day.group()),
            past,
        )


def _years(plain: str, match: re.Match[str]) -> Iterator[_Part]:
    """A year, or the two of "ปี 2561 - 2580" and "ปี 2566/67"."""
    by_word, by_era, _ = _grammar().years
    written, until, era = match["year"], match["until"], match["era"]
    fiscal = match.group().startswith(_grammar().fiscal)
    start = match.start() if match.re in (by_word, by_era) else match.start("year")
    year = _year(written, era)
    last = _year(written[: -len(until)] + until, match["era_until"] or era) if until else None
    if year and last and last > year:
        yield _Part(start, match.end("year"), year, fiscal=fiscal)
        yield _Part(match.start("until"), match.end(), last, fiscal=fiscal)
    elif match.re is not by_era or not _names_law(plain, start):
        yield _Part(start, match.end("year"), year, fiscal=fiscal)


def _names_law(plain: str, start: int) -> bool:
    """Whether the "พ.ศ." at ``start`` ends the name of a law."""
    line = plain[max(0, start - _LAW_REACH) : start].rpartition("\n")[2].rstrip()
    return not line.endswith(_grammar().before_era) and bool(_grammar().law.search(line))


def _relative(plain: str, match: re.Match[str], today: date | None) -> Iterator[_Part]:
    """The date that a word such as "วานนี้" stands for; one in brackets after it speaks for itself."""
    grammar = _grammar()
    start, end = match.span()
    before = plain[max(0, start - 12) : start].rstrip()
    if before.endswith(grammar.not_relative) or before[-1:].isdigit():
        return
    if match["year"]:
        yield _Part(match.start("year"), end, _year(match["year"], match["era"]))
        return
    if match["open"] and grammar.day_month.match(plain, match.end("open")):
        return
    anchor = _said_today(plain, start, today)
    if not anchor:
        return
    end = match.end("word")
    unit, shift = grammar.shifts[match["word"]]
    if unit == "day":
        anchor += timedelta(shift)
        yield _Part(start, end, anchor.year, anchor.month, anchor.day)
    elif unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + shift
        yield _Part(start, end, months // 12, months % 12 + 1)
    else:
        yield _Part(start, end, anchor.year + shift)


def _said_today(plain: str, end: int, today: date | None) -> date | None:
    """The day that the text last gave in brackets after "วันนี้" before ``end``, else ``today``."""
    grammar = _grammar()
    place = max(
        plain.rfind(f"{word}{gap}(", max(0, end - _TODAY_REACH), end)
        for word in grammar.today
        for gap in ("", " ")
    )
    opened = grammar.relative.match(plain, place) if place >= 0 else None
    match = grammar.day_month.match(plain, opened.end("open")) if opened and opened["open"] else None
    for part in _with_years(plain, list(_months(plain, match)), today) if match else ():
        return date(*map(int, part.limits()[0].split("-")))
    return today


def _year(written: str | None, era: str | None = None) -> int | None:
    """The year of the common era that ``written`` means; two digits are Buddhist years from 2500."""
    if not written:
        return None
    number = int(written) + (2500 if len(written) == 2 else 0)
    common = era is not None and _bare(era) in _grammar().common
    return number - 543 if not common and (era or number >= 2400) else number


def _with_years(plain: str, parts: list[_Part], today: date | None) -> list[_Part]:
    """``parts`` with the years that are not written: that of the date they lead to, else the nearest."""
    done: list[_Part] = []
    for part in reversed(parts):
        if part.year:
            done.append(part)
        elif done and part.shape == done[-1].shape and _link(plain, part, done[-1]):
            following = done[-1]
            earlier = (part.month, part.day) > (following.month, following.day)
            done.append(part._replace(year=(following.year or 0) - earlier))
        elif part.sure and today and (nearest := _nearest(part, today)):
            done.append(nearest)
    return [part for part in reversed(done) if part.exists()]


def _nearest(part: _Part, today: date) -> _Part | None:
    """``part`` in the year that brings it nearest to ``today``, or the last one not after it."""
    choices = []
    for year in (today.year - 1, today.year, today.year + 1):
        choice = part._replace(year=year)
        if choice.exists():
            days = (date(year, part.month or 1, part.day or 15) - today).days
            if days <= 0 or not part.past:
                choices.append((abs(days), year, choice))
    return min(choices)[-1] if choices else None


def _joined(plain: str, parts: list[_Part]) -> Iterator[tuple[Span, str]]:
    """The dates of ``parts``, those that a dash or the like joins as one period."""
    done = 0
    while done < len(parts):
        start = last = parts[done]
        done += 1
        while done < len(parts) and _continues(plain, start, last, parts[done]):
            last = parts[done]
            done += 1
        first, end = start.limits()[0], last.limits()[1]
        yield Span(start.start, last.end), first if first == end else f"{first}/{end}"


def _continues(plain: str, start: _Part, last: _Part, following: _Part) -> bool:
    """Whether the period from ``start`` to ``last`` goes on to ``following``.

    A dash makes a period of two dates, "และ" only of days that follow each other.
    """
    link = _link(plain, last, following)
    if not link or last.shape != following.shape or last.limits() >= following.limits():
        return False
    if link == "list" and last.day:
        days = date.fromisoformat(following.limits()[0]) - date.fromisoformat(last.limits()[0])
        return days == timedelta(1)
    return link == "period" and start is last


def _link(plain: str, part: _Part, following: _Part) -> str | None:
    """What joins two dates: "period", "list" or nothing."""
    between = plain[part.end : following.start]
    if len(between) > 40:
        return None
    if _grammar().period.fullmatch(between):
        return "period"
    return "list" if _grammar().listing.fullmatch(between) else None


def amounts(plain: str, span: Span) -> list[tuple[Span, str]]:
    """The amounts of money within ``span`` of ``plain``, in order: where each stands, and its value.

    A value is a number and an ISO 4217 code, with words such as "ล้าน" multiplied out: "40000000 THB".
    Both ends of "10 - 20 ล้านบาท" are amounts of their own.
    """
    if not _DIGIT.search(plain, span.start, span.end):
        return []
    money = _money()
    found = [*money.currency_last.finditer(plain, span.start, span.end)]
    found += money.sign_first.finditer(plain, span.start, span.end)
    found.sort(key=lambda match: match.start())
    values: list[tuple[Span, str]] = []
    for match in found:
        if values and match.start() < values[-1][0].end:
            continue
        factor = Decimal(1)
        for word in money.multiple.findall(match["multiples"]):
            factor *= money.multiples[word]
        *multiple, currency = money.currencies[match["currency"]].split()
        for number in multiple:
            factor *= Decimal(number)
        start = match.start()
        if lowest := money.lowest.search(plain, max(span.start, start - 30), start):
            values.append((Span(*lowest.span("number")), f"{_amount(lowest['number'], factor)} {currency}"))
        values.append((Span(*match.span()), f"{_amount(match['number'], factor)} {currency}"))
    return values


@dataclass(frozen=True)
class _Money:
    """What ``data/thai/money.toml`` says, as patterns."""

    currency_last: re.Pattern[str]
    lowest: re.Pattern[str]
    sign_first: re.Pattern[str]
    multiple: re.Pattern[str]
    multiples: dict[str, int]
    currencies: dict[str, str]


@cache
def _money() -> _Money:
    data = load("money.toml")
    number = r"(?P<number>[0-9](?<![0-9.,][0-9])[0-9]{0,14}+(?:,[0-9]{3}){0,5}+(?:\.[0-9]{1,9})?+)(?![0-9])"
    multiples = f"(?P<multiples>(?: *{either(data['multiples'])}){{0,3}}+)"
    between = f"(?: *{either(data['between'])})? *"
    currency = f"(?P<currency>{either(data['currencies'])})"
    return _Money(
        currency_last=re.compile(
            f"{number}{between}{multiples} *{currency}ฯ?(?!{either(data['not_before'])}|[a-z])"
        ),
        lowest=re.compile(rf"{number} *{either(data['range'])} *\Z"),
        sign_first=re.compile(f"(?P<currency>{either(data['signs'])}) ?{number}{multiples}"),
        multiple=re.compile(either(data["multiples"])),
        multiples=data["multiples"],
        currencies=data["currencies"] | data["signs"],
    )


def _amount(number: str, factor: Decimal) -> str:
    return f"{(Decimal(number.replace(',', '')) * factor).normalize():f}"
