"""The order of the parts, read from the imports of the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg

PACKAGE = Path(kg.__file__).parent
SOURCES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.glob("*.py"))}

GROUND = {"kg", "errors", "model", "vocabulary"}
"""What every part may import; the stages meet in the types of ``kg.model``."""

THAI = {"lexicon", "dates", "patterns"}
"""The knowledge of the languages, which the stages that read text may import."""

MAY_IMPORT = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "model": set(),
    "vocabulary": {"errors"},
    "lexicon": GROUND,
    "dates": GROUND | {"lexicon"},
    "patterns": GROUND | {"lexicon"},
    "words": {"lexicon"},
    "sources": GROUND,
    "read": GROUND | THAI | {"sources"},
    "paragraph": GROUND | THAI | {"words"},
    "names": GROUND | THAI | {"paragraph"},
    "cased": GROUND | {"paragraph"},
    "persons": GROUND | {"paragraph", "cased"},
    "aliases": GROUND | {"paragraph"},
    "recognise": GROUND | THAI | {"paragraph", "names", "cased", "persons", "aliases"},
    "resolve": GROUND | THAI,
    "relate": GROUND | THAI,
    "graph": GROUND,
    "duplicates": GROUND,
    "across": GROUND | {"lexicon", "graph"},
    "check": GROUND,
    "store": GROUND,
    "query": GROUND | {"store"},
    "diff": GROUND | {"store", "query"},
    "search": GROUND | {"words", "read", "store", "query"},
    "remote": GROUND | {"store"},
    "push": GROUND | {"store", "remote"},
    "network": GROUND | {"store", "search"},
    "draw": GROUND,
    "sorting": set(),
    "export": GROUND | {"store", "query", "sorting", "network", "draw"},
    "learn": GROUND | THAI | {"words", "read"},
    "explain": GROUND | THAI,
    "extract": GROUND | {"sources", "read", "recognise", "resolve", "relate", "graph"},
    "knowledge": GROUND | THAI,
    "cache": GROUND | {"knowledge"},
    "engine": GROUND,
    "report": GROUND | {"check", "store"},
    "build": GROUND
    | {
        "report",
        "sources",
        "read",
        "extract",
        "graph",
        "knowledge",
        "cache",
        "engine",
        "check",
        "store",
        "search",
        "export",
        "across",
        "duplicates",
    },
    "verify": GROUND | {"extract", "graph", "duplicates", "store"},
    "arguments": {"kg", "errors", "query"},
    "progress": set(),
    "cli": GROUND
    | {
        "arguments",
        "progress",
        "extract",
        "build",
        "store",
        "query",
        "search",
        "network",
        "draw",
        "export",
        "verify",
        "learn",
    }
    | {"explain", "remote", "push", "diff"},
}

ONLY_IN = {
    "pyoxigraph": {"store"},
    "oxrdflib": {"store"},
    "httpx": {"remote"},
    "shacl": {"check"},
    "pyvis": {"draw"},
    "igraph": {"draw"},
    "argparse": {"arguments", "cli"},
    "sqlite3": {"cache", "search", "push"},
    "pyarrow": {"sources"},
    "distributed": {"engine"},
}
"""The border of kg to each of these libraries: one part, or one for each file that SQLite keeps."""


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported anywhere in ``tree``, inside functions too, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            if node.module == "kg":
                yield from (f"kg.{alias.name}" if alias.name in SOURCES else "kg" for alias in node.names)
            else:
                yield node.module or ""


@pytest.mark.parametrize("name", SOURCES)
def test_each_part_imports_only_what_stands_before_it(name: str) -> None:
    """The stages never import one another; a new part has its line in MAY_IMPORT."""
    found = {module.removeprefix("kg.") for module in imports(SOURCES[name]) if module.split(".")[0] == "kg"}
    assert found <= MAY_IMPORT[name]


@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_has_one_border(library: str) -> None:
    """A library is imported by its border alone."""
    users = {name for name, tree in SOURCES.items() if library in {m.split(".")[0] for m in imports(tree)}}
    assert users <= ONLY_IN[library]


def test_only_the_command_line_prints_and_exits() -> None:
    """No part behind it calls print, input or exit, or touches the standard streams."""
    forbidden = {"print", "input", "exit", "quit", "SystemExit"}
    streams = {"stdin", "stdout", "stderr", "exit"}
    found = []
    for name, tree in SOURCES.items():
        for node in ast.walk(tree):
            talks = isinstance(node, ast.Name) and node.id in forbidden
            talks |= (
                isinstance(node, ast.Attribute) and node.attr in streams and ast.unparse(node.value) == "sys"
            )
            if talks and name not in ("cli", "progress", "__main__"):
                found.append(f"{name}: line {getattr(node, 'lineno', '?')}")
    assert not found


def test_everything_public_is_described() -> None:
    """Each module, and each public class and function in it, has a docstring."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [f"{name}.py" for name, tree in SOURCES.items() if not ast.get_docstring(tree)]
    for name, tree in SOURCES.items():
        for node in tree.body:
            if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node):
                found.append(f"{name}.{node.name}")
    assert not found


def test_no_part_is_named_after_nothing() -> None:
    """A file's purpose is plain from its name."""
    assert not SOURCES.keys() & {"utils", "util", "helpers", "common", "core", "misc"}
