"""How fast kg extracts beside pythainlp's newmm on the same texts: ``python benchmarks/speed.py FOLDER``.

Both run in turn in this one process on one core, start-up apart; the figure is the ratio of their rates
over 500 articles spread evenly over the folder.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from pythainlp.tokenize import word_tokenize

from kg.errors import Unreadable
from kg.extract import extract
from kg.model import Article
from kg.read import read
from kg.sources import document

ARTICLES = 500
ROUNDS = 3


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def readable(path: Path) -> bool:
    """Whether kg extracts from the file: an article in Thai."""
    try:
        extract(read(document(path)))
    except Unreadable:
        return False
    return True


def main() -> None:
    """Measure, and print the rates of each round and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    paths = sorted(parser.parse_args().folder.rglob("*.txt"))
    chosen = [path for path in paths[:: max(1, len(paths) // ARTICLES)][:ARTICLES] if readable(path)]
    articles: list[Article] = [read(document(path)) for path in chosen]
    word_tokenize("เริ่ม", engine="newmm")
    ratios = []
    for _ in range(ROUNDS):
        tokenising = seconds(lambda: [word_tokenize(a.text, engine="newmm") for a in articles])
        extracting = seconds(lambda: [extract(read(document(path))) for path in chosen])
        ratios.append(tokenising / extracting)
        rates = len(chosen) / tokenising, len(chosen) / extracting
        print(f"articles a second: newmm {rates[0]:.1f}, kg {rates[1]:.1f}: {ratios[-1]:.2f} times")
    print(
        f"kg extract is {statistics.median(ratios):.2f} times as fast as newmm, over {len(chosen)} articles"
    )


if __name__ == "__main__":
    main()
