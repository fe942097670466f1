"""Full-text search over the names of things and the quotes of claims, in Thai and English.

The index is an SQLite file in the snapshot of the store. Its full-text table holds the trigrams of each
text, so that letters are found anywhere in a run of Thai. A word shorter than that is a word of its own
behind a mark, and so are the kind of an entry, and where its text begins and ends: all that is asked is
one query of phrases. What ranks first has the lower number, so that SQLite stops at the first answers.

Where few graphs have changed, the index of the snapshot before is carried on: what they touch is taken out
of its entries and put behind them with a full-text table of its own, ``late``, which is small and made anew
each time. The answers of the two are merged by rank.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

from kg.errors import KgError
from kg.query import Format, written
from kg.read import normalise
from kg.store import Rows, Store, Term, by_graph, compact, term
from kg.vocabulary import KG, RDF, RDFS, SCHEMA, local_class, relations
from kg.words import segment

FILE = "search.sqlite"
CLAIM = "Claim"
MONEY = "Money"

_SHORT, _EDGE, _KIND = "\x01", "\x02", "\x03"
_VERSION = zlib.crc32(Path(__file__).read_bytes()) & 0x7FFFFFFF  # an index by other code is made anew
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RUN = re.compile(r"[\u0e00-\u0e7f]+|[^\W_\u0e00-\u0e7f]+")
_TRIGRAM = 3  # letters
_BATCH = 10_000  # rows written at a time
_GRAPHS = 500  # graphs read at a time
_MANY = 4  # an index is made anew where more than one in so many graphs has changed, or entries are late
_END = 15  # code points of what a claim tells of, in a table
_BEFORE = 14  # code points of a long text shown before its first match

_PREDICATES = {
    f"<{namespace}{name}>": name
    for namespace, names in (
        (RDF, ("type",)),
        (RDFS, ("label",)),
        (KG, ("alsoKnownAs", "quote", "score")),
        (SCHEMA, ("value", "currency", "datePublished")),
    )
    for name in names
}
_CLAIM = """
SELECT ?claim ?subject ?predicate ?object ?status ?article ?url ?date WHERE {
  ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; kg:status ?status ;
    prov:wasDerivedFrom ?article
  OPTIONAL { ?article schema:url ?url }
  OPTIONAL { ?article schema:datePublished ?date }
}"""

_SETTINGS = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -65536;
PRAGMA temp.cache_size = -65536;
CREATE TEMP TABLE quote (iri TEXT, text TEXT, score REAL, date TEXT);
CREATE TEMP TABLE touched (iri TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_KEPT = """
CREATE TABLE thing (iri TEXT PRIMARY KEY, kind TEXT, label TEXT, en TEXT) WITHOUT ROWID;
CREATE TABLE name (iri TEXT, text TEXT, language TEXT, kind TEXT, labels INTEGER, aliases INTEGER,
  PRIMARY KEY (iri, text, language)) WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, -- none again, since ``words`` holds those gone
  iri TEXT, kind TEXT, text TEXT, weight REAL, date TEXT);
"""
_WORDS = """
DROP TABLE IF EXISTS {0};
CREATE VIRTUAL TABLE {0} USING fts5
  (text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1');
"""
# How many graphs name a thing so: as its label, and as another name of it.
_NAME = """
INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET kind = max(kind, excluded.kind),
  labels = labels + excluded.labels, aliases = aliases + excluded.aliases"""
_TOUCHED = "IN (SELECT iri FROM touched)"
# The longest label of a language names a thing, Thai before English.
_LONGEST = (
    "SELECT text FROM name n WHERE n.iri = name.iri AND labels {} ORDER BY {} length(text) DESC, text LIMIT 1"
)
_THING_ROWS = f"""
INSERT INTO thing SELECT iri, min(kind), ({_LONGEST.format("", "language = 'en',")}),
  coalesce(({_LONGEST.format("AND language = 'en'", "")}), '')
FROM name WHERE labels AND iri {{}} GROUP BY iri"""
_ENTRY_ROWS = """
INSERT INTO entry (iri, kind, text, weight, date)
SELECT iri, thing.kind, text, weight, '' FROM (
  SELECT iri, text, max(labels + aliases) AS weight FROM name WHERE iri {} GROUP BY iri, text
) JOIN thing USING (iri) ORDER BY weight DESC, length(text), text, iri"""
_QUOTE_ROWS = f"""
INSERT INTO entry (iri, kind, text, weight, date)
SELECT iri, '{CLAIM}', text, score, date FROM quote ORDER BY score DESC, date DESC, text, iri"""
_FORGOTTEN = f"""
INSERT OR IGNORE INTO touched SELECT iri FROM entry WHERE id > :base AND kind <> '{CLAIM}';
INSERT INTO quote SELECT iri, text, weight, date FROM entry
  WHERE id > :base AND kind = '{CLAIM}' AND iri NOT {_TOUCHED};
DELETE FROM entry WHERE id > :base OR iri {_TOUCHED};
DELETE FROM thing WHERE iri {_TOUCHED};
DELETE FROM name WHERE labels + aliases = 0"""


_Name = tuple[str, str, str, str, bool]  # of a thing: its IRI, name, language and kind, and if it is a label
_Quote = tuple[str, str, float, str]  # a claim, its words, score and day


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: a thing by one of its names, or a claim by its quote.

    ``kind`` is the local name of the class ("Person", "Claim"); ``text`` is the name or the quote, and
    ``marks`` holds where in it the words stand, from and to, in order.
    """

    iri: str
    kind: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What the graph knows a thing by. ``kind`` is the local name of its class ("Person", "Money").

    ``label`` is in Thai where there is one, ``label_en`` is "" where there is none.
    """

    kind: str
    label: str
    label_en: str


class Index:
    """The search index of a store, open for reading. Raises KgError where it is missing or damaged."""

    def __init__(self, store: Store) -> None:
        self._file = store.path / FILE
        if not self._file.exists():
            raise KgError(f"no search index: {self._file}: run `kg build` again")
        address = percent_encoded(str(self._file.absolute()))
        self._database = sqlite3.connect(f"file:{address}?mode=ro&immutable=1", uri=True)
        self.thing = lru_cache(maxsize=100_000)(self._thing)

    def _thing(self, iri: str) -> Thing | None:
        """What the graph knows the thing of that IRI by, if anything."""
        rows = self._select("SELECT kind, label, en FROM thing WHERE iri = ?", iri)
        return next((Thing(*row) for row in rows), None)

    def matches(self, phrases: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """The entries that hold all ``phrases``: IRI, kind and text, those first that rank first."""
        quoted = (phrase.replace('"', '""') for phrase in phrases if len(phrase) >= _TRIGRAM)
        asked = " ".join(f'"{phrase}"' for phrase in quoted)
        entries = (
            self._select(
                f"SELECT iri, kind, entry.text, weight, date FROM {words} JOIN entry"
                f" ON entry.id = {words}.rowid WHERE {words} MATCH ? ORDER BY {words}.rowid",
                asked,
            )
            for words in ("words", "late")
        )
        for iri, kind, text, _, _ in merge(*entries, key=_rank):
            yield iri, kind, text

    def _select(self, sql: str, asked: str) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._database.execute(sql, (asked,))
        except sqlite3.Error as error:
            message = f"cannot read the search index: {self._file}: {error}: run `kg build` again"
            raise KgError(message) from None


def index(
    store: Store, before: Store | None = None, lines: Callable[[], Iterable[str]] | None = None
) -> None:
    """Write the search index of ``store`` into the folder of its snapshot, if it is not there yet.

    ``before`` is the snapshot before, whose index is carried on where few graphs have changed. ``lines``
    gives the store's lines where they are at hand. Sorts on disk, so the memory does not grow with the graph.
    Raises KgError where it cannot be written.
    """
    file = store.path / FILE
    if _version(file) == _VERSION:
        return
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    try:
        if not (before and _carried_on(store, before, new)):
            with closing(sqlite3.connect(new)) as database:
                database.executescript(_SETTINGS + _KEPT + _WORDS.format("words") + _WORDS.format("late"))
                _fill(database, store.lines() if lines is None else lines())
                _write_entries(database, "words", "IS NOT NULL")
                database.execute("CREATE INDEX entry_iri ON entry (iri)")
                ((last,),) = database.execute("SELECT count(*) FROM entry")
                database.execute(f"PRAGMA user_version = {last}")
                database.execute(f"PRAGMA application_id = {_VERSION}")
                database.commit()
        new.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise KgError(f"cannot write the search index: {file}: {error}") from None


def _carried_on(store: Store, before: Store, new: Path) -> bool:
    """Write the index of ``before``, with what has changed since, if that is worth while."""
    then, now = before.digests(), store.digests()
    gone = [graph for graph, digest in then.items() if now.get(graph) != digest]
    come = [graph for graph, digest in now.items() if then.get(graph) != digest]
    if _MANY * (len(gone) + len(come)) >= len(now) or _version(before.path / FILE) != _VERSION:
        return False
    shutil.copyfile(before.path / FILE, new)
    with closing(sqlite3.connect(new)) as database:
        ((base,),) = database.execute("PRAGMA user_version")
        ((late,),) = database.execute("SELECT count(*) FROM entry WHERE id > ?", (base,))
        if _MANY * late >= base:
            new.unlink()
            return False
        database.executescript(_SETTINGS + _WORDS.format("late"))
        for sign, of, graphs in ((-1, before, gone), (1, store, come)):
            _fill(database, (line for graph in graphs for line in of.graph(graph)), sign)
        for statement in _FORGOTTEN.split(";"):
            database.execute(statement, {"base": base})
        _write_entries(database, "late", _TOUCHED, base)
        database.commit()
    return True


def _version(file: Path) -> int:
    """Of the code that made an index; 0 where there is none that can be read."""
    if not file.is_file():
        return 0
    try:
        with closing(sqlite3.connect(file)) as database:
            ((version,),) = database.execute("PRAGMA application_id")
            return int(version)
    except sqlite3.Error:
        return 0


def _fill(database: sqlite3.Connection, lines: Iterable[str], sign: int = 1) -> None:
    """Add what graphs tell, or take it away where ``sign`` is -1, and note of which things and claims."""
    told = (_told(graph, triples) for graph, triples in by_graph(lines))
    while batch := list(islice(told, _GRAPHS)):
        names = Counter(name for names, _ in batch for name in names)
        quotes = [quote for _, quotes in batch for quote in quotes]
        database.executemany(
            _NAME,
            (
                (iri, text, language, kind, sign * count * label, sign * count * (not label))
                for (iri, text, language, kind, label), count in sorted(names.items())
            ),
        )
        if sign > 0:
            database.executemany("INSERT INTO quote VALUES (?, ?, ?, ?)", quotes)
        touched = {iri for iri, *_ in (*names, *quotes)}
        database.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((iri,) for iri in touched))


def _told(graph: str, triples: Iterable[tuple[str, str, str]]) -> tuple[list[_Name], list[_Quote]]:
    """The names of things and the quotes of claims in one graph."""
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, object_ in triples:
        if of := _PREDICATES.get(predicate):
            told[subject][of].append(object_)
    names: list[_Name] = []
    quotes: list[_Quote] = []
    date = (told[graph]["datePublished"] or ['""'])[0]
    for subject, about in told.items():
        iri = subject[1:-1]
        if about.keys() >= {"quote", "score"}:
            quote, score = term(about["quote"][0]), term(about["score"][0])
            quotes.append((iri, quote.value, float(score.value), term(date).value))
        if about.keys() >= {"value", "currency"}:
            value, currency = term(about["value"][0]), term(about["currency"][0])
            names.append((iri, f"{Decimal(value.value):,f} {currency.value}", "", MONEY, True))
        for type_ in about["type"]:
            for name in map(term, about["label"]):
                names.append((iri, name.value, name.language, type_[1:-1].removeprefix(KG), True))
        names += [(iri, name.value, name.language, "", False) for name in map(term, about["alsoKnownAs"])]
    return names, quotes


def _write_entries(database: sqlite3.Connection, words: str, which: str, after: int = 0) -> None:
    """Write the things that are ``which``, the entries of them and of the quotes, and their full text."""
    database.execute(_THING_ROWS.format(which))
    database.execute(_ENTRY_ROWS.format(which))
    database.execute(_QUOTE_ROWS)
    entries = database.execute("SELECT id, kind, text FROM entry WHERE id > ?", (after,))
    _write(
        database,
        f"INSERT INTO {words} (rowid, text) VALUES (?, ?)",
        ((number, _indexed(text, kind)) for number, kind, text in entries),
    )
    database.execute(f"INSERT INTO {words} ({words}) VALUES ('optimize')")


def _rank(entry: tuple[str, str, str, float, str]) -> tuple[object, ...]:
    """What the entries stand in the order of, as the statements that write them have it."""
    iri, kind, text, weight, date = entry
    if kind == CLAIM:
        return 1, -weight, (*(-ord(letter) for letter in date), 0), text, iri
    return 0, -weight, len(text), text, iri


def search(
    store: Store, words: Sequence[str], limit: int = 20, kind: str = "", format: Format = "table"
) -> str:
    """What holds all ``words``, as ``kg.query`` writes rows: things by name first, then claims by quote.

    Things whose name is just that come first, then those that more articles name; claims by score and
    date. Letters are found anywhere in a text, words of one or two letters as words of their own, small
    and capital letters alike. ``kind`` is a class ("Person", "Claim") to look among.
    """
    hits = found(store, words, limit, kind)
    brief = format == "table" and len(hits) > 1
    names = Index(store)
    rows = [_row(store, names, hit, brief) for hit in hits]
    return written(Rows(("kind", "name", "match", "status", "date", "article", "iri"), rows), format)


def found(store: Store, words: Sequence[str], limit: int = 20, kind: str = "") -> list[Hit]:
    """The ``limit`` first of what holds all ``words``; see ``search``.

    Raises KgError where there is no word or no such kind.
    """
    wanted = list(dict.fromkeys(word for each in words for word in _folded(each)[0].split()))
    if not any(map(_RUN.search, wanted)):
        raise KgError("nothing to search for: give words in Thai or English")
    marked = [_KIND + local_class(kind) + _KIND] if kind else []
    phrases = [phrase for word in wanted for phrase in _phrases(word)]
    exact = _EDGE + " ".join(wanted) + _EDGE
    hits: dict[str, Hit] = {}
    entries = Index(store)
    for asked in ([exact, *marked], [*phrases, *marked]):
        for iri, kind_, text in entries.matches(asked):
            if len(hits) == limit:
                break
            if iri not in hits:
                hits[iri] = Hit(iri, kind_, text, _marks(text, wanted))
    return list(hits.values())


def named(store: Store, name: str) -> dict[str, str]:
    """The things that ``name`` may mean: their IRIs, each with its name that fits, in the order of IRIs.

    They are those of exactly that name, or else whose names begin with it, or else hold it; of these the
    ones that are labelled so, or else have it for another name.
    """
    wanted = " ".join(_folded(name)[0].split())
    if not wanted:
        return {}
    entries = Index(store)
    for asked in ([_EDGE + wanted + _EDGE], [_EDGE + wanted], _phrases(wanted)):
        fitting = {iri: text for iri, kind, text in entries.matches(asked) if kind != CLAIM}
        things = {iri: entries.thing(iri) for iri in fitting}
        labels = {iri: {thing.label, thing.label_en} for iri, thing in things.items() if thing}
        labelled = {iri: text for iri, text in fitting.items() if text in labels.get(iri, ())}
        if fitting:
            return dict(sorted((labelled or fitting).items()))
    return {}


def _write(database: sqlite3.Connection, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write ``rows``, which may come from the same database, in batches."""
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        database.executemany(sql, batch)


def _indexed(text: str, kind: str) -> str:
    """What the full-text table holds of an entry."""
    folded, _ = _folded(text)
    short = "".join(_SHORT + word for word in sorted({word for _, word in _short_words(folded)}))
    return f"{_EDGE}{folded}{_EDGE}{short}{_SHORT}{_KIND}{kind}{_KIND}"


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """``text`` as it is compared, and for each of its letters where it stands in ``text``."""
    plain, offsets = normalise(text)
    lower = plain.lower()
    if len(lower) != len(plain):
        lower = "".join(letter.lower()[0] for letter in plain)
    return _CONTROL.sub(" ", lower), range(len(text)) if offsets is None else offsets


def _short_words(folded: str) -> Iterator[tuple[int, str]]:
    """The words too short for a trigram, with their places."""
    for run in _RUN.finditer(folded):
        place = run.start()
        for word in segment(run[0]) if "\u0e00" <= run[0][0] <= "\u0e7f" else [run[0]]:
            if len(word) < _TRIGRAM:
                yield place, word
            place += len(word)


def _phrases(wanted: str) -> list[str]:
    """What to ask the full-text table for to find ``wanted``: nothing for a sign or two, as no word is."""
    if len(wanted) >= _TRIGRAM:
        return [wanted]
    return [f"{_SHORT}{wanted}{_SHORT}"[:_TRIGRAM]] if _RUN.fullmatch(wanted) else []


def _marks(text: str, wanted: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where in ``text`` the words stand."""
    folded, offsets = _folded(text)
    places: list[tuple[int, int]] = []
    for word in wanted:
        if len(word) < _TRIGRAM:
            places += [(at, at + len(word)) for at, short in _short_words(folded) if short == word]
        else:
            places += [match.span() for match in re.finditer(re.escape(word), folded)]
    marks: list[tuple[int, int]] = []
    for start, end in sorted((offsets[start], offsets[end - 1] + 1) for start, end in places):
        if marks and start <= marks[-1][1]:
            marks[-1] = marks[-1][0], max(end, marks[-1][1])
        else:
            marks.append((start, end))
    return tuple(marks)


def _row(store: Store, names: Index, hit: Hit, brief: bool) -> tuple[Term | None, ...]:
    match = Term("literal", _marked(hit, brief))
    kind, iri = Term("literal", hit.kind), Term("iri", hit.iri)
    if hit.kind != CLAIM:
        name = Term("literal", _label(names, iri))
        return kind, name, match, None, None, None, iri
    rows = store.select(_CLAIM, claim=iri).rows
    _, subject, predicate, object_, status, article, url, date = next(iter(rows))
    assert subject and predicate and object_ and status
    words = {relation.iri: relation.label_th for relation in relations().values()}[predicate.value]
    ends = [_label(names, end) for end in (subject, object_)]
    if brief:
        ends = [f"{end[:_END]}…" if len(end) > _END + 1 else end for end in ends]
    told = Term("literal", f"{ends[0]} {words} {ends[1]}")
    state = Term("literal", status.value.removeprefix(KG).lower())
    return kind, told, match, state, date, url or article, iri


def _label(names: Index, term: Term) -> str:
    if thing := names.thing(term.value):
        return thing.label
    return compact(term.value).strip("<>") if term.kind == "iri" else term.value


def _marked(hit: Hit, brief: bool) -> str:
    """The text with what was found in brackets; where ``brief``, from shortly before the first of it on."""
    pieces, done = [], 0
    if brief and hit.marks and hit.marks[0][0] > _BEFORE:
        done = hit.marks[0][0] - _BEFORE
        while unicodedata.category(hit.text[done]) == "Mn":
            done += 1
        pieces.append("…")
    for start, end in hit.marks:
        pieces += [hit.text[done:start], "[", hit.text[start:end], "]"]
        done = end
    return "".join([*pieces, hit.text[done:]])
