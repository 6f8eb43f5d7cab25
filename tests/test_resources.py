"""Where things are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.model import resources


def test_checkout() -> None:
    """In a checkout the ontology and the queries stand beside the package."""
    assert (resources.ontology_dir() / "catalog-v001.xml").is_file()
    assert (resources.queries_dir() / "prefixes.ttl").is_file()


def test_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel both stand in the package's data folder, with a built graph if there is one."""
    monkeypatch.setattr(resources, "_SHIPPED", tmp_path)
    monkeypatch.delenv("KG_ONTOLOGY", raising=False)
    (tmp_path / "product").mkdir()

    assert resources.ontology_dir() == tmp_path / "ontology"
    assert resources.shipped_product() == tmp_path / "product"


def test_an_ontology_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder stands in for the one beside the code, and for nothing else."""
    queries = resources.queries_dir()
    monkeypatch.setenv("KG_ONTOLOGY", str(tmp_path))

    assert (resources.ontology_dir(), resources.queries_dir()) == (tmp_path, queries)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"KG_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, Path("/a")),
        ({"XDG_CACHE_HOME": "/b"}, Path("/b/etiograph")),
        ({"HOME": "/c"}, Path("/c/.cache/etiograph")),
    ],
)
def test_cache(
    environment: dict[str, str], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KG_CACHE comes first, then the user's cache folder as XDG names it, then ~/.cache."""
    for name in ("KG_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert resources.cache_dir() == expected


def test_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """KG_BASE names another base to publish under."""
    monkeypatch.setenv("KG_BASE", "https://example.org/kg/")

    assert resources.publishing_base() == "https://example.org/kg/"
