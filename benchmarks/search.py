"""How fast ``kg search`` answers at full size: ``python benchmarks/search.py FOLDER [--claims 500000]``.

A store is made of sentences of the articles in the folder, as long as quotes are and one a claim, with the
headlines as names of things. Words are drawn from the texts, short and long, rare and frequent. Each is
searched for, and looked for by reading all texts (LIKE), in the same file.
"""

import argparse
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from kg.errors import Unreadable
from kg.read import read
from kg.search import FILE, found, index
from kg.sources import document
from kg.store import Store, Term, writing
from kg.vocabulary import ID, KG, RDF, RDFS, SCHEMA, XSD
from kg.words import segment

WORDS = 200
SCORES = ("0.95", "0.9", "0.8")
SCANNED = 20  # words looked for by LIKE, which is slow
FREQUENT = ("การ", "ประเทศ", "นายก", "ที่", "ใน", "และ", "ปี", "covid", "2565", "กับ")


def sentences(folder: Path, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Headline, day and a stretch of text between spaces: half of them above 46 letters, as with quotes."""
    paths = sorted(folder.rglob("*.txt"))
    rng.shuffle(paths)
    for path in paths:
        try:
            article = read(document(path))
        except Unreadable:
            continue
        title = article.title.of(article.plain)
        lines = [each.of(article.plain) for each in article.paragraphs if each.end - each.start > 60]
        for line in lines[:8]:
            for _ in range(3):
                size = int(rng.lognormvariate(3.85, 0.75)) + 8
                start = line.rfind(" ", 0, rng.randrange(len(line))) + 1
                end = line.find(" ", start + size)
                yield title, article.published or "2020-01-01", line[start : end if end > 0 else len(line)]


def graphs(told: Iterator[tuple[str, str, str]], rng: random.Random) -> dict[str, bytes]:
    """The N-Quads of a graph for each claim, by its IRI: what the index reads of it."""
    known: set[str] = set()
    made: dict[str, bytes] = {}
    for number, (title, day, quote) in enumerate(told):
        article, claim, thing = (f"<{ID}{kind}/{number:016x}>" for kind in ("article", "claim", "event"))
        statements = [
            f"{article} <{SCHEMA}datePublished> {Term('literal', day, datatype=f'{XSD}date')}",
            f"{claim} <{KG}quote> {Term('literal', quote, 'th')}",
            f"{claim} <{KG}score> {Term('literal', rng.choice(SCORES), datatype=f'{XSD}decimal')}",
        ]
        if title not in known:
            known.add(title)
            statements.append(f"{thing} <{RDF}type> <{KG}Event>")
            statements.append(f"{thing} <{RDFS}label> {Term('literal', title, 'th')}")
        made[article[1:-1]] = "".join(f"{each} {article} .\n" for each in statements).encode()
    return made


def milliseconds(times: list[float]) -> str:
    """Median and worst of ``times``, which are seconds."""
    return f"median {statistics.median(times) * 1000:.2f} ms, worst {max(times) * 1000:.1f} ms"


def main() -> None:
    """Build the index, search, scan, and print times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=500_000)
    arguments = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        told = list(islice(sentences(arguments.folder, rng), arguments.claims))
        texts = [quote for _, _, quote in told[::20]]
        made = graphs(iter(told), rng)
        with writing(Path(folder)) as writer:
            writer.publish(dict.fromkeys(made, ""), made.__getitem__)
        store = Store.open(Path(folder))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        index(store)
        seconds = time.perf_counter() - start
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        size = (store.path / FILE).stat().st_size
        with sqlite3.connect(store.path / FILE) as database:
            entries = database.execute("SELECT count(*) FROM entry").fetchone()[0]
        print(
            f"{entries} entries in {seconds:.0f} s, {size / 1e6:.0f} MB, memory grown by {grown / 1e3:.0f} MB"
        )
        words = sorted({word.strip() for text in texts for word in segment(text) if word.strip().isalnum()})
        chosen = [*FREQUENT, *rng.sample(words, WORDS - len(FREQUENT))]
        found(store, ["ก่อน"])
        searched, scanned, slowest = [], [], []
        for word in chosen:
            start = time.perf_counter()
            found(store, [word])
            searched.append(time.perf_counter() - start)
            slowest.append((searched[-1], word))
        pairs = [rng.sample(chosen, 2) for _ in range(WORDS)]
        together = []
        for pair in pairs:
            start = time.perf_counter()
            found(store, pair)
            together.append(time.perf_counter() - start)
        for word in rng.sample(chosen, SCANNED):
            start = time.perf_counter()
            database.execute("SELECT count(*) FROM entry WHERE text LIKE ?", (f"%{word}%",)).fetchall()
            scanned.append(time.perf_counter() - start)
        print(f"{WORDS} words: {milliseconds(searched)} ({max(slowest)[1]})")
        print(f"{WORDS} pairs: {milliseconds(together)}")
        print(f"reading all texts: {milliseconds(scanned)}")
        ratio = statistics.median(scanned) / statistics.median(searched)
        print(f"search is {ratio:.0f} times as fast as reading all texts")


if __name__ == "__main__":
    main()
