"""Answers from a store or a server: SPARQL queries and the named questions of ``ontology/questions/``.

A question is a SPARQL file that begins with comments: its title after ``# en:`` and ``# th:``, and
each parameter as ``# ?name (type) description``. The type is text, date, number or iri, followed by
``, required`` or ``= default``; a parameter that is not given otherwise stays unbound. Parameters are
bound as RDF terms, which wants them in the SELECT clause; their columns are left out of the answer.
Questions look for a text in a name and a space, and without one for the space: Virtuoso finds ""
nowhere.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, get_args
from xml.etree import ElementTree

from kg.errors import KgError
from kg.store import Answer, Rows, Term, Triples, compact, expand
from kg.vocabulary import XSD, resource

Format = Literal["table", "csv", "tsv", "json", "xml", "turtle"]

FORMATS: tuple[Format, ...] = get_args(Format)

_CELL = 40  # columns of the terminal
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_TITLE = re.compile(r"# (en|th): (.+)")
_PARAMETER = re.compile(r"# \?(\w+) \((text|date|number|iri)(?:(, required)| = ([^)]+))?\) (.+)")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA = re.compile(r"[\s=+\-@＝＋－＠]")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Source(Protocol):
    """What answers SPARQL: a store, or a server's endpoint."""

    def query(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a query, as ``kg.store.Store.query`` gives it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be asked with. ``type`` is "text", "date", "number" or "iri"."""

    name: str
    type: str
    description: str
    default: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A named question: its titles, its parameters by name, and its SPARQL."""

    name: str
    title_en: str
    title_th: str
    parameters: Mapping[str, Parameter]
    sparql: str


def answer(source: Source, sparql: str, format: Format = "table") -> str:
    """The answer to a SPARQL 1.1 query.

    For SELECT and ASK csv, tsv, json and xml are the W3C's formats for results; for CONSTRUCT and
    DESCRIBE json is JSON-LD, xml is RDF/XML, and the others list the triples. A table cuts long texts.
    In csv a text that a spreadsheet would run as a formula begins with an apostrophe; numbers stay as
    they are. Raises KgError for a wrong query, an update, and a format that does not fit.
    """
    return written(source.query(sparql), format)


def ask(source: Source, name: str, given: Mapping[str, str], format: Format = "table") -> str:
    """The answer to a named question, with parameters by name as a person writes them.

    Text matches any part of a label or alias, in Thai or English, small and capital letters alike. A
    date is ISO 8601, as precise as one likes. Raises KgError for an unknown question or parameter, a
    required one that is missing, and a value that is not of its type.
    """
    question = questions().get(name)
    if not question:
        raise KgError(f"unknown question: {name!r}: ask one of {', '.join(questions())}")
    bindings = _bindings(question, given)
    found = source.query(question.sparql, bindings)
    if isinstance(found, Rows):
        kept = [i for i, variable in enumerate(found.variables) if variable not in question.parameters]
        found = Rows(
            tuple(found.variables[i] for i in kept), (tuple(row[i] for i in kept) for row in found.rows)
        )
    return written(found, format)


def questions() -> dict[str, Question]:
    """The named questions, by name. Raises KgError where a file does not tell its titles."""
    return {
        path.stem: _question(path.stem, path.read_text("utf-8"))
        for path in sorted(resource("ontology", "questions").glob("*.rq"))
    }


def _question(name: str, sparql: str) -> Question:
    titles = dict(_TITLE.findall(sparql))
    parameters = {
        variable: Parameter(variable, type_, description, default or None, bool(required))
        for variable, type_, required, default, description in _PARAMETER.findall(sparql)
    }
    if titles.keys() != {"en", "th"}:
        raise KgError(f"no title: ontology/questions/{name}.rq: begin it with '# en: …' and '# th: …'")
    return Question(name, titles["en"], titles["th"], parameters, sparql)


def _bindings(question: Question, given: Mapping[str, str]) -> dict[str, Term]:
    known = ", ".join(question.parameters) or "none"
    for name in given:
        if name not in question.parameters:
            raise KgError(f"unknown parameter: {name!r} of {question.name}: it knows {known}")
    bindings = {}
    for name, parameter in question.parameters.items():
        value = given.get(name, parameter.default)
        if value is not None:
            bindings[name] = _term(parameter, value)
        elif parameter.required:
            raise KgError(f"missing parameter: {name} of {question.name}: give {parameter.description}")
    return bindings


def _term(parameter: Parameter, value: str) -> Term:
    """The value of a parameter as the RDF term of its type."""
    if parameter.type == "iri":
        return Term("iri", expand(value))
    if parameter.type == "number":
        if not _NUMBER.fullmatch(value):
            raise KgError(f"not a number: {value!r}: give {parameter.name} as 1500000")
        return Term("literal", value, datatype=f"{XSD}{'double' if 'e' in value.lower() else 'decimal'}")
    if parameter.type == "date":
        return Term("literal", value, datatype=f"{XSD}{_precision(parameter, value)}")
    return Term("literal", value)


def _precision(parameter: Parameter, value: str) -> str:
    try:
        date.fromisoformat(f"{value}-01-01"[:10])
        return {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    except (ValueError, KeyError):
        message = f"not a date: {value!r}: give {parameter.name} as 2024-02-06, 2024-02 or 2024"
        raise KgError(message) from None


def written(answer: Answer, format: Format) -> str:
    """What a store answered, in ``format``; see ``answer``."""
    if isinstance(answer, Triples):
        return _graph(answer, format)
    match format:
        case "table":
            return _table(answer)
        case "csv":
            return _csv(_rows(answer))
        case "tsv":
            return _tsv(_rows(answer))
        case "json":
            return _json(answer)
        case "xml":
            return _xml(answer)
        case "turtle":
            raise KgError(
                "turtle is for the graphs of CONSTRUCT and DESCRIBE: use table, csv, tsv, json or xml"
            )
    raise KgError(f"unknown format: {format!r}: use one of {', '.join(FORMATS)}")


def _graph(answer: Triples, format: Format) -> str:
    match format:
        case "turtle":
            return "".join(f"{line}\n" for line in answer.turtle())
        case "json":
            return answer.json_ld().decode() + "\n"
        case "xml":
            return _NOT_XML.sub("\ufffd", answer.rdf_xml().decode()) + "\n"
    return written(Rows(("subject", "predicate", "object"), answer), format)


def _rows(answer: bool | Rows) -> Rows:
    """ASK as a table of one cell, for the formats that have nothing of their own for it."""
    if isinstance(answer, Rows):
        return answer
    return Rows(("answer",), [(Term("literal", str(answer).lower(), datatype=f"{XSD}boolean"),)])


def _table(answer: bool | Rows) -> str:
    """Columns aligned for a terminal, their texts cut; a single row is written downwards and whole."""
    if isinstance(answer, bool):
        return f"{str(answer).lower()}\n"
    rows = [[_cell(term) for term in row] for row in answer.rows]
    if len(rows) == 1:
        lines = [[name, text] for name, text in zip(answer.variables, rows[0], strict=True)]
    else:
        lines = [list(answer.variables), *([cut(text) for text in row] for row in rows)]
        lines.insert(1, ["-" * max(map(_width, column)) for column in zip(*lines, strict=True)])
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    written = ["  ".join(map(_padded, line, widths)).rstrip() for line in lines]
    written.append(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})")
    return "".join(f"{line}\n" for line in written)


def _cell(term: Term | None) -> str:
    """A term on one line. A text from an article must not steer the terminal."""
    if term is None:
        return ""
    if term.kind == "iri":
        return compact(term.value).strip("<>")
    return "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in " ".join(term.value.split()))


def cut(text: str) -> str:
    """A text in as many columns as a cell has. An address stays whole: it is there to be followed."""
    if _width(text) <= _CELL or (" " not in text and ":" in text):
        return text
    end = 0
    while _width(text[: end + 1]) < _CELL:
        end += 1
    return f"{text[:end]}…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """The columns of a terminal that a text takes: none for Thai vowels and tones above and below."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _csv(answer: Rows) -> str:
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(answer.variables)
    writer.writerows(["" if term is None else harmless(term.value) for term in row] for row in answer.rows)
    return output.getvalue()


def harmless(value: str) -> str:
    """A cell of CSV that no spreadsheet runs as a formula: such a text begins with an apostrophe."""
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value


def _tsv(answer: Rows) -> str:
    lines = ["\t".join(f"?{variable}" for variable in answer.variables)]
    lines += ["\t".join("" if term is None else str(term) for term in row) for row in answer.rows]
    return "".join(f"{line}\n" for line in lines)


def _json(answer: bool | Rows) -> str:
    if isinstance(answer, bool):
        results: dict[str, object] = {"head": {}, "boolean": answer}
    else:
        bindings = [
            {name: _binding(term) for name, term in zip(answer.variables, row, strict=True) if term}
            for row in answer.rows
        ]
        results = {"head": {"vars": answer.variables}, "results": {"bindings": bindings}}
    return json.dumps(results, ensure_ascii=False, indent=1) + "\n"


def _binding(term: Term) -> dict[str, str]:
    binding = {"type": {"iri": "uri", "blank": "bnode"}.get(term.kind, term.kind), "value": term.value}
    if term.language:
        binding["xml:lang"] = term.language
    elif term.datatype not in ("", f"{XSD}string"):
        binding["datatype"] = term.datatype
    return binding


def _xml(answer: bool | Rows) -> str:
    root = ElementTree.Element("sparql", xmlns=_RESULTS)
    head = ElementTree.SubElement(root, "head")
    if isinstance(answer, bool):
        ElementTree.SubElement(root, "boolean").text = str(answer).lower()
    else:
        for variable in answer.variables:
            ElementTree.SubElement(head, "variable", name=variable)
        results = ElementTree.SubElement(root, "results")
        for row in answer.rows:
            result = ElementTree.SubElement(results, "result")
            for name, term in zip(answer.variables, row, strict=True):
                if term:
                    binding = _binding(term)
                    value = _NOT_XML.sub("\ufffd", binding.pop("value"))
                    outer = ElementTree.SubElement(result, "binding", name=name)
                    ElementTree.SubElement(outer, binding.pop("type"), binding).text = value
    ElementTree.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'
