"""How right the facts are: ``python benchmarks/accuracy.py GOLD FACTS.jsonl`` prints tables in Markdown.

GOLD is a folder with annotated articles: ``dev/*.json``, their texts in ``docs/`` and the scorer
``score.py``; FACTS.jsonl is what ``kg extract GOLD/docs`` prints. Articles whose number is divisible by 3
are the check part, the others the part that rules were tuned on.
"""

import argparse
import importlib.util
import json
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any


def scorer(gold: Path) -> ModuleType:
    """The module ``score.py`` of the gold folder."""
    spec = importlib.util.spec_from_file_location("score", gold / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documents(score: ModuleType, gold: Path, facts: Path) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Document name -> the verdict of ``score``, and what was extracted."""
    lines = [json.loads(line) for line in facts.read_text(encoding="utf-8").splitlines()]
    system = {row["doc"]: row for row in lines}
    found = {}
    for path in sorted((gold / "dev").glob("*.json")):
        text = (gold / "docs" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        row = system.get(path.stem, {"entities": [], "facts": []})
        found[path.stem] = score.score_document(text, *score.load_gold(path, text), row), row
    return found


def main() -> None:
    """Print the scores of both parts for each relation, and the share of right claims for each score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("facts", type=Path)
    arguments = parser.parse_args()
    score = scorer(arguments.gold)
    parts: dict[str, dict[str, Counter[str]]] = {"tune": defaultdict(Counter), "check": defaultdict(Counter)}
    right: Counter[float] = Counter()
    drawn: Counter[float] = Counter()
    for name, ((relations, _, _, wrong), row) in documents(score, arguments.gold, arguments.facts).items():
        part = parts["tune" if int(name.rpartition("-")[2]) % 3 else "check"]
        for relation, counts in relations.items():
            part[relation].update(counts)
            part["all"].update(counts)
        mistaken = {id(fact) for fact in wrong}
        for fact in row["facts"]:
            drawn[fact["score"]] += 1
            right[fact["score"]] += id(fact) not in mistaken

    print("| relation | tune: gold | P | R | F1 | check: gold | P | R | F1 |")
    print("| --- " * 9 + "|")
    for relation in sorted(parts["tune"], key=lambda each: -parts["tune"][each]["gold"]):
        cells = [relation]
        for part in parts.values():
            cells.append(str(part[relation]["gold"]))
            cells += [f"{figure:.2f}" for figure in score.prf(part[relation])]
        print(f"| {' | '.join(cells)} |")
    print("\n| score of the claim | claims | right |\n| --- | --- | --- |")
    for value in sorted(drawn, reverse=True):
        print(f"| {value} | {drawn[value]} | {right[value] / drawn[value]:.2f} |")
    sure = [value for value in drawn if value >= 0.9]
    total = sum(drawn[value] for value in sure)
    share = sum(right[value] for value in sure) / total
    print(f"\n{share:.3f} of the {total} claims scored 0.9 and up are right.")


if __name__ == "__main__":
    main()
