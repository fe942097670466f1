"""How fast kg extracts beside pythainlp's newmm on the same texts: ``python benchmarks/speed.py FOLDER``.

Both run in turn in this one process on one core, start-up apart; the figure is the median ratio of their
rates over three rounds, each of 500 other articles spread evenly over the folder.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pythainlp.tokenize import word_tokenize

from kg.errors import Unreadable
from kg.extract import extract
from kg.model import Article
from kg.read import read
from kg.sources import document

ARTICLES = 500
ROUNDS = 3

T = TypeVar("T")


def seconds(run: Callable[[list[T]], None], items: list[T]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    run(items)
    return time.process_time() - start


def tokenise(articles: list[Article]) -> None:
    """What kg is measured against."""
    for article in articles:
        word_tokenize(article.text, engine="newmm")


def extract_all(paths: list[Path]) -> None:
    """From the files to claims."""
    for path in paths:
        extract(read(document(path)))


def is_article(path: Path) -> bool:
    """Whether kg extracts from the file."""
    try:
        read(document(path))
    except Unreadable:
        return False
    return True


def main() -> None:
    """Measure, and print the rates of each round and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    paths = sorted(parser.parse_args().folder.rglob("*.txt"))
    first = next(filter(is_article, paths))
    tokenise([read(document(first))])
    extract_all([first])
    ratios = []
    for number in range(ROUNDS):
        step = max(ROUNDS, len(paths) // ARTICLES)
        chosen = list(filter(is_article, paths[number * step // ROUNDS :: step][:ARTICLES]))
        articles = [read(document(path)) for path in chosen]
        tokenising = seconds(tokenise, articles)
        extracting = seconds(extract_all, chosen)
        ratios.append(tokenising / extracting)
        rates = len(chosen) / tokenising, len(chosen) / extracting
        print(f"articles a second: newmm {rates[0]:.1f}, kg {rates[1]:.1f}: {ratios[-1]:.2f} times")
    print(f"kg extract is {statistics.median(ratios):.2f} times as fast as newmm")


if __name__ == "__main__":
    main()
