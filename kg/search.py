"""Full-text search over the names of things and the quotes of claims, in Thai and English.

The index is an SQLite file in the snapshot of the store. Its full-text table holds the trigrams of each
text, so that letters are found anywhere in a run of Thai. A word shorter than that is a word of its own
behind a mark, and so are the kind of an entry, and where its text begins and ends: all that is asked is
one query of phrases. What ranks first has the lower number, so that SQLite stops at the first answers.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from urllib.parse import quote as percent_encoded

from kg.errors import KgError
from kg.query import Format, written
from kg.read import normalise
from kg.store import Rows, Store, Term, compact
from kg.vocabulary import KG, local_class, relations
from kg.words import segment

FILE = "search.sqlite"
CLAIM = "Claim"
MONEY = "Money"

_SHORT, _EDGE, _KIND = "\x01", "\x02", "\x03"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RUN = re.compile(r"[\u0e00-\u0e7f]+|[^\W_\u0e00-\u0e7f]+")
_TRIGRAM = 3  # letters
_BATCH = 10_000  # rows written at a time
_END = 15  # code points of what a claim tells of, in a table
_BEFORE = 14  # code points of a long text shown before its first match

# In one graph at a time: joined over the union, a thing of a thousand articles would give a million rows.
_THINGS = "SELECT ?thing ?class ?name WHERE { GRAPH ?g { ?thing a ?class ; rdfs:label ?name } }"
_ALIASES = "SELECT ?thing ?name WHERE { GRAPH ?g { ?thing kg:alsoKnownAs ?name } }"
_AMOUNTS = (
    "SELECT ?sum ?value ?currency WHERE { GRAPH ?g { ?sum schema:value ?value ; schema:currency ?currency } }"
)
_QUOTES = """
SELECT ?claim ?quote ?score ?date WHERE {
  GRAPH ?article { ?claim kg:quote ?quote ; kg:score ?score OPTIONAL { ?article schema:datePublished ?date } }
}"""
_CLAIM = """
SELECT ?claim ?subject ?predicate ?object ?status ?article ?url ?date WHERE {
  ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; kg:status ?status ;
    prov:wasDerivedFrom ?article
  OPTIONAL { ?article schema:url ?url }
  OPTIONAL { ?article schema:datePublished ?date }
}"""

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -65536;
PRAGMA temp.cache_size = -65536;
CREATE TABLE thing (iri TEXT PRIMARY KEY, kind TEXT, label TEXT, en TEXT) WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5
  (text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1');
CREATE TEMP TABLE name (iri TEXT, kind TEXT, text TEXT, language TEXT, label INTEGER, articles INTEGER,
  PRIMARY KEY (iri, text, language)) WITHOUT ROWID;
CREATE TEMP TABLE quote (iri TEXT, text TEXT, score REAL, date TEXT);
"""
_NAME = """
INSERT INTO name VALUES (?, ?, ?, ?, ?, 1)
ON CONFLICT DO UPDATE SET articles = articles + 1, label = max(label, excluded.label)"""
# The longest label of a language names a thing, Thai before English.
_LONGEST = (
    "SELECT text FROM name n WHERE n.iri = name.iri AND label {} ORDER BY {} length(text) DESC, text LIMIT 1"
)
_THING_ROWS = f"""
INSERT INTO thing SELECT iri, min(kind), ({_LONGEST.format("", "language = 'en',")}),
  coalesce(({_LONGEST.format("AND language = 'en'", "")}), '')
FROM name WHERE label GROUP BY iri"""
_ENTRY_ROWS = """
INSERT INTO entry (iri, kind, text)
SELECT iri, thing.kind, text FROM (
  SELECT iri, text, max(articles) AS articles FROM name GROUP BY iri, text
) JOIN thing USING (iri) ORDER BY articles DESC, length(text), text, iri"""
_QUOTE_ROWS = f"""
INSERT INTO entry (iri, kind, text)
SELECT iri, '{CLAIM}', text FROM quote ORDER BY score DESC, date DESC, text, iri"""


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
        yield from self._select(
            "SELECT iri, kind, entry.text FROM words JOIN entry ON entry.id = words.rowid"
            " WHERE words MATCH ? ORDER BY words.rowid",
            " ".join(f'"{phrase}"' for phrase in quoted),
        )

    def _select(self, sql: str, asked: str) -> Iterator[tuple[str, str, str]]:
        try:
            yield from self._database.execute(sql, (asked,))
        except sqlite3.Error as error:
            message = f"cannot read the search index: {self._file}: {error}: run `kg build` again"
            raise KgError(message) from None


def index(store: Store) -> None:
    """Write the search index of ``store`` into the folder of its snapshot, if it is not there yet.

    Sorts on disk, so the memory does not grow with the graph. Raises KgError where it cannot be written.
    """
    file = store.path / FILE
    if file.is_file():
        return
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new)) as database:
            database.executescript(_TABLES)
            _write(database, _NAME, _names(store))
            _write(database, "INSERT INTO quote VALUES (?, ?, ?, ?)", _quotes(store))
            database.execute(_THING_ROWS)
            database.execute(_ENTRY_ROWS)
            database.execute(_QUOTE_ROWS)
            entries = database.execute("SELECT id, kind, text FROM entry")
            _write(
                database,
                "INSERT INTO words (rowid, text) VALUES (?, ?)",
                ((number, _indexed(text, kind)) for number, kind, text in entries),
            )
            database.execute("INSERT INTO words (words) VALUES ('optimize')")
            database.commit()
        new.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise KgError(f"cannot write the search index: {file}: {error}") from None


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


def _names(store: Store) -> Iterator[tuple[str, str, str, str, bool]]:
    """Each time that an article names a thing: its IRI, its kind, the name, its language, and if a label."""
    for thing, class_, name in store.select(_THINGS).rows:
        assert thing and class_ and name
        yield thing.value, class_.value.removeprefix(KG), name.value, name.language, True
    for thing, value, currency in store.select(_AMOUNTS).rows:
        assert thing and value and currency
        yield thing.value, MONEY, f"{Decimal(value.value):,f} {currency.value}", "", True
    for thing, name in store.select(_ALIASES).rows:
        assert thing and name
        yield thing.value, "", name.value, name.language, False


def _quotes(store: Store) -> Iterator[tuple[str, str, float, str]]:
    for claim, quote, score, date in store.select(_QUOTES).rows:
        assert claim and quote and score
        yield claim.value, quote.value, float(score.value), date.value if date else ""


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
