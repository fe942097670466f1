"""What several tests share: the graph of the sample article, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build import build

ARTICLES = Path(__file__).parent.parent / "data" / "articles"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ``store`` and the ``exports`` of ``data/articles``; not to be written."""
    folder = tmp_path_factory.mktemp("sample")
    build([ARTICLES], folder / "store", folder / "exports")
    return folder
