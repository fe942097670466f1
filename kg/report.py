"""What a build tells at its end, for a person and for a program."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kg.check import Violation
from kg.model import Skip
from kg.store import Changes

_SHOWN = 3  # documents named for each reason of a skip, and violations


@dataclass(slots=True)
class Report:
    """What became of the documents, and what the graph now holds.

    ``extracted`` of the ``articles`` were read now, the others before; ``copies`` repeat another one.
    ``entities`` counts things by type ("PERSON"), each once however many articles name it, and ``claims`` by
    relation ("chairs") and status ("actual"). ``seconds`` gives the time of each stage, and ``formats`` are
    those of the exports.
    """

    articles: int = 0
    extracted: int = 0
    copies: int = 0
    changes: Changes = field(default_factory=Changes)
    skips: list[Skip] = field(default_factory=list)
    entities: Counter[str] = field(default_factory=Counter)
    claims: Counter[tuple[str, str]] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    formats: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The report in lines for a person, without what differs from run to run."""
        lines = [f"{'articles':30}{self.articles:9}"]
        lines += [f"{'  copies of others':30}{self.copies:9}"] if self.copies else []
        lines.append(f"{'skipped':30}{len(self.skips):9}")
        for reason, count in sorted(Counter(skip.reason for skip in self.skips).items()):
            lines.append(f"  {reason:28}{count:9}")
            named = [skip for skip in self.skips if skip.reason == reason]
            lines += [f"    {skip.label}: {skip.message}" for skip in named[:_SHOWN]]
            lines += [f"    and {count - _SHOWN} more"] if count > _SHOWN else []
        lines.append(f"{'entities':30}{self.entities.total():9}")
        lines += [f"  {type_:28}{count:9}" for type_, count in sorted(self.entities.items())]
        lines.append(f"{'claims':30}{self.claims.total():9}")
        lines += [
            f"  {relation:18}{status:10}{count:9}"
            for (relation, status), count in sorted(self.claims.items())
        ]
        lines.append(f"{'violations':30}{len(self.violations):9}")
        lines += [f"  {violation}" for violation in self.violations[:_SHOWN]]
        return "\n".join(lines)

    def data(self) -> dict[str, object]:
        """The report for a program: all of it, as ``report.json`` holds it."""
        return {
            "articles": self.articles,
            "extracted": self.extracted,
            "copies": self.copies,
            "graphs": {
                "added": self.changes.added,
                "replaced": self.changes.replaced,
                "removed": self.changes.removed,
            },
            "skipped": [
                {"document": skip.label, "reason": skip.reason, "message": skip.message}
                for skip in self.skips
            ],
            "entities": dict(sorted(self.entities.items())),
            "claims": [
                {"relation": relation, "status": status, "count": count}
                for (relation, status), count in sorted(self.claims.items())
            ],
            "violations": [
                {"focus": each.focus, "path": each.path, "message": each.message} for each in self.violations
            ],
            "seconds": {stage: round(time, 3) for stage, time in self.seconds.items()},
        }
