"""ARCHITECTURE.md and CONTRIBUTING.md name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scene_search.engine.index import geopackage
from scene_search.engine.rpc.methods import Methods

ROOT = Path(__file__).resolve().parents[3]
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: Where a path in the pages may begin.
BASES = ("", "plugin", "plugin/engine", "plugin/engine/index", "plugin/engine/indexing")
MORE_BASES = (
    *("plugin/engine/imagery", "plugin/engine/retrieval", "plugin/engine/encoders"),
    *("plugin/engine/encoders/package", "plugin/engine/imagery/acquisition", "plugin/processing"),
    *("plugin/engine_link", "plugin/gui/map_tools", "plugin/layers", "plugin/training"),
    *(
        "plugin/layers/results",
        "plugin/training/export",
        "tests/qgis/processing",
        "plugin/engine/rpc",
    ),
)


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_methods_is_whole():
    text = section(ARCHITECTURE, "JSON-RPC methods")
    rows = re.findall(r"^\| `([\w.]+)`( \(long\))? \|", text, re.MULTILINE)
    table = Methods().table()
    assert [name for name, _ in rows] == list(table)
    assert {name for name, long in rows if long} == {n for n, m in table.items() if m.long}


def test_the_table_of_the_index_names_every_column():
    text = section(ARCHITECTURE, "The index file")
    fields = (
        *geopackage._TILE_FIELDS,
        *geopackage._CONTEXT_TILE_FIELDS,
        *geopackage._SOURCE_FIELDS,
        *geopackage._INFO_FIELDS,
    )
    named = set(re.findall(r"`(\w+)`", text))
    # the encoder's four columns are one phrase
    assert {f.name for f in fields if not f.name.startswith("encoder_")} <= named


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_files_that_the_pages_name_are_there(page):
    paths = set(re.findall(r"`([\w./]+\.(?:py|ini|md|yaml|txt))`", page))
    made_up = {path for path in paths if "my_" in path} | {"model.json"}
    missing = {
        path
        for path in paths - made_up
        if not any((ROOT / base / path).exists() for base in (*BASES, *MORE_BASES))
    }
    assert len(paths) > 15
    assert missing == set()
