"""The registry keeps its rules, and the miner behind it finds what articles define."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from kg.learn import definitions, learn, proposal
from kg.lexicon import aliases, load, table
from kg.read import read
from kg.sources import document
from kg.vocabulary import resource

COLUMNS = {
    "organisations": ["name", "aliases", "ambiguous_aliases", "english", "parent", "kind", "qid", "support"],
    "countries": [
        "iso2",
        "name",
        "aliases",
        "english",
        "english_aliases",
        "english_adjectives",
        "qid",
        "ambiguous",
    ],
    "places": ["name", "aliases", "kind", "within", "english", "qid", "ambiguous"],
    "posts": ["name", "aliases", "english", "singular"],
}
KINDS = {
    "organisations": {
        *{
            "ministry",
            "department",
            "office",
            "state enterprise",
            "company",
            "bank",
            "university",
            "hospital",
        },
        *{"committee", "court", "army", "party", "international"},
    },
    "places": {"province", "district", "city", "venue", "river", "airport", "region"},
}
FIRST_ARTICLE = (
    Path(__file__).parent.parent / "data" / "articles" / "2024-02-06-asean-japan-cybersecurity.txt"
)

UNITS = {
    "กม.",
    "ตร.",
    "ตร.กม.",
    "ตร.ม.",
    "ตร.ว.",
    "ซม.",
    "มม.",
    "กก.",
    "มล.",
    "ลบ.ม.",
    "น.",
    "ม.",
    "ก.",
    "ล.",
}
UNITS |= {"คน.", "ชม.", "พ.ศ.", "ค.ศ.", "จ.", "อ.", "ต.", "ถ."}


def names(row: dict[str, str]) -> list[str]:
    return [row["name"], *aliases(row)]


@pytest.mark.parametrize("file", COLUMNS)
def test_columns(file: str) -> None:
    """Every line has the columns of its table, and no cell has blanks around it or empty values."""
    text = resource("data", "registry", f"{file}.tsv").read_text(encoding="utf-8")
    header, *lines = text.removesuffix("\n").split("\n")
    assert header.split("\t") == COLUMNS[file]
    assert lines == sorted(lines)
    for line in lines:
        cells = line.split("\t")
        assert len(cells) == len(COLUMNS[file]), line
        for cell in cells:
            assert all(value and value == value.strip() for value in cell.split(" | ") if cell), line


@pytest.mark.parametrize("file", COLUMNS)
def test_one_name_means_one_thing(file: str) -> None:
    """No name or alias stands in two rows of a file, nor twice in one."""
    counts = Counter(text for row in table(file) for text in names(row))
    assert [text for text, count in counts.items() if count > 1] == []


def test_one_name_has_one_type() -> None:
    """No name of an organisation is one of a place or a country too."""
    owners = Counter(
        text
        for file in ("organisations", "places", "countries")
        for row in table(file)
        for text in names(row)
    )
    assert [text for text, count in owners.items() if count > 1] == []


def test_an_ambiguous_alias_of_a_row_is_not_its_plain_alias() -> None:
    for row in table("organisations"):
        assert not set(aliases(row, "ambiguous_aliases")) & set(names(row)), row["name"]


@pytest.mark.parametrize("file", ["organisations", "countries", "places"])
def test_no_unit_month_or_title_is_a_name(file: str) -> None:
    months = {name for names in load("dates.toml")["months"].values() for name in names}
    never = {*UNITS, *months, *load("titles.toml")["thai"]}
    for row in table(file):
        assert not never & {*names(row), *aliases(row, "ambiguous_aliases")}, row["name"]


def test_organisations_belong_to_organisations() -> None:
    """Every parent exists, and going up from any organisation ends."""
    parents = {row["name"]: row["parent"] for row in table("organisations")}
    for name in parents:
        seen = [name]
        while parents[seen[-1]]:
            assert parents[seen[-1]] in parents, parents[seen[-1]]
            seen.append(parents[seen[-1]])
            assert len(seen) < 8, seen


def test_places_lie_in_places_or_countries() -> None:
    known = {row["name"] for row in table("places")} | {row["iso2"] for row in table("countries")} | {""}
    assert {row["within"] for row in table("places")} <= known


def test_values_of_closed_columns() -> None:
    for file, kinds in KINDS.items():
        assert {row["kind"] for row in table(file)} == kinds
    for file, column in (("countries", "ambiguous"), ("places", "ambiguous"), ("posts", "singular")):
        assert {row[column] for row in table(file)} == {"0", "1"}
    for row in table("organisations"):
        assert int(row["support"]) >= 1, row["name"]


def test_codes_are_valid() -> None:
    """Each country has its own ISO 3166 code and Wikidata item."""
    babel = pytest.importorskip("babel")
    rows = table("countries")
    assert {row["iso2"] for row in rows} <= set(babel.Locale("en").territories)
    assert len({row["iso2"] for row in rows}) == len({row["qid"] for row in rows}) == len(rows)


@pytest.mark.parametrize("file", ["organisations", "countries", "places"])
def test_wikidata_items(file: str) -> None:
    """A Wikidata item is well formed and stands for one thing only."""
    items = [row["qid"] for row in table(file) if row["qid"]]
    assert all(re.fullmatch("Q[1-9][0-9]*", item) for item in items)
    assert [item for item, count in Counter(items).items() if count > 1] == []


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("organisations", "สกมช.", "สำนักงานคณะกรรมการการรักษาความมั่นคงปลอดภัยไซเบอร์แห่งชาติ"),
        ("organisations", "ดีอี", "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม"),
        ("organisations", "ASEAN", "อาเซียน"),
        ("countries", "แคนนาดา", "แคนาดา"),
        ("countries", "พม่า", "เมียนมา"),
        ("countries", "สปป.ลาว", "ลาว"),
        ("places", "กรุงเทพฯ", "กรุงเทพมหานคร"),
        ("places", "จ.เชียงใหม่", "จังหวัดเชียงใหม่"),
        ("posts", "รมว.", "รัฐมนตรีว่าการกระทรวง"),
    ],
)
def test_well_known_names(file: str, text: str, name: str) -> None:
    assert [row["name"] for row in table(file) if text in names(row)] == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("โดยสำนักงานเศรษฐกิจการคลัง (สศค.) ได้", {("สศค.", "สำนักงานเศรษฐกิจการคลัง")}),
        (
            "สำนักงานเศรษฐกิจการคลัง (Fiscal Policy Office : FPO)",
            {("FPO", "สำนักงานเศรษฐกิจการคลัง")},
        ),
        ("กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม (ดีอี)", {("ดีอี", "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม")}),
        (
            "กองทุนเงินให้กู้ยืมเพื่อการศึกษา (กยศ.)",
            {("กยศ.", "กองทุนเงินให้กู้ยืมเพื่อการศึกษา")},
        ),
        ("กรมการปกครอง กระทรวงมหาดไทย (มท.)", {("มท.", "กระทรวงมหาดไทย")}),
        ("สำนักงานเศรษฐกิจการคลัง (กทม.)", set()),
        ("กระทรวงมหาดไทย (เมื่อวานนี้)", set()),
        ("การปลูกข้าว (กข.)", set()),
    ],
)
def test_definitions(text: str, expected: set[tuple[str, str]]) -> None:
    """A definition is a name with a head, and an abbreviation whose letters stand in it in order."""
    assert {(alias, found[0]) for alias, found in definitions(text)} == expected


def test_definitions_of_the_first_article() -> None:
    found = dict(definitions(read(document(FIRST_ARTICLE)).plain))
    assert found["สกมช."][-1] == "สำนักงานคณะกรรมการการรักษาความมั่นคงปลอดภัยไซเบอร์แห่งชาติ"
    assert found["ดีอี"][-1] == "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม"


def release(folder: Path, number: int, body: str) -> None:
    (folder / f"{number}.txt").write_text(
        f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ข่าว\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\n{body}\n"
        f"ที่มา : https://www.thaigov.go.th/news/contents/details/{number}\n",
        encoding="utf-8",
    )


def test_learn(tmp_path: Path) -> None:
    """Articles are counted, the widest usual name wins, and what the registry has is told."""
    corpus, tests = tmp_path / "corpus", tmp_path / "tests"
    corpus.mkdir()
    tests.mkdir()
    for number in (1, 2, 3, 17):  # 17 is held out
        release(corpus, number, "วันนี้ สำนักงานคณะกรรมการส่งเสริมเมฆ (สสม.) และ สถาบันวิจัยเมฆ (สวม.) ประชุม")
    for number in (4, 5, 6):
        release(corpus, number, "กระทรวงการคลัง (กค.) แจ้งสถาบันเมฆ (สวม.) สถาบันดูดาวและวิจัยมหาสมุทร (สวม.)")
    release(corpus, 8, "สำนักงานคณะกรรมการส่งเสริมเมฆ (สสม.)")
    release(tests, 8, "ฉบับทดสอบ")
    (corpus / "empty.txt").write_bytes(b"")

    lessons = learn([corpus], tests=[tests])

    assert [(lesson.name, lesson.aliases, lesson.articles, lesson.known) for lesson in lessons] == [
        ("กระทรวงการคลัง", (("กค.", 3),), 3, "กระทรวงการคลัง"),
        ("สถาบันดูดาวและวิจัยมหาสมุทร", (("สวม.", 3),), 3, None),
        ("สถาบันวิจัยเมฆ", (("สวม.", 3),), 3, None),
        ("สำนักงานคณะกรรมการส่งเสริมเมฆ", (("สสม.", 3),), 3, None),
    ]
    assert [lesson.shared for lesson in lessons] == [set(), {"สวม."}, {"สวม."}, set()]
    assert learn([corpus], tests=[tests], least=4) == []
    assert learn([corpus], tests=[tests]) == lessons
    assert list(proposal(lessons))[:3] == [
        "name\taliases\tambiguous_aliases\tarticles\tknown",
        "กระทรวงการคลัง\tกค. 3\t\t3\tกระทรวงการคลัง",
        "สถาบันดูดาวและวิจัยมหาสมุทร\t\tสวม. 3\t3\t",
    ]
