"""Collect the translatable strings of QGIS's side into ``resources/i18n/scene_search.ts``.

Qt's pylupdate only knows ``tr`` and ``translate`` with literal arguments. Here each module
has a one-line ``tr`` or ``_tr`` that names its context once, or imports one; this reads the
code as Python does and so finds those as well. Translations that the file already holds are
kept, and strings that are gone from the code leave it.
"""

from __future__ import annotations

import ast
import sys
import xml.sax.saxutils as sax
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "i18n" / "scene_search.ts"
SIDES = ("gui", "layers", "processing", "engine_link")
HELPERS = {"tr", "_tr"}

Strings = dict[str, dict[str, str]]


def strings_of(package: Path) -> Strings:
    """Return the strings of QGIS's side: by context, text to the file that it was first seen in."""
    files = [*package.glob("*.py"), *(f for side in SIDES for f in (package / side).rglob("*.py"))]
    found: Strings = {}
    for file in sorted(files):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        context = _context(tree, file, package)
        for text_context, text in _calls(tree, context):
            place = file.relative_to(package.parent).as_posix()
            found.setdefault(text_context, {}).setdefault(text, place)
    return found


def _context(tree: ast.Module, file: Path, package: Path) -> str:
    """Return the context that the module's ``tr`` stands for, its own or an imported one."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in HELPERS:
            for inner in ast.walk(node):
                if _is_translate(inner) and isinstance(inner.args[0], ast.Constant):
                    return str(inner.args[0].value)
        if isinstance(node, ast.ImportFrom) and any(
            alias.name in HELPERS or alias.asname in HELPERS for alias in node.names
        ):
            folder = file.parents[node.level - 1] if node.level else package
            origin = folder.joinpath(*(node.module or "").split(".")).with_suffix(".py")
            return _context(ast.parse(origin.read_text(encoding="utf-8")), origin, package)
    return "SceneSearch"


def _calls(tree: ast.Module, context: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in HELPERS:
            if text := _text(node.args[0]):
                yield context, text
        elif _is_translate(node) and len(node.args) > 1:
            own, text = _text(node.args[0]), _text(node.args[1])
            if own and text:
                yield own, text
    for part in ast.walk(tree):
        if isinstance(part, ast.ClassDef):
            for node in ast.walk(part):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "tr"
                    and node.args
                    and (text := _text(node.args[0]))
                ):
                    yield part.name, text


def _is_translate(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "translate"
    )


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _known(target: Path) -> dict[tuple[str, str], str]:
    if not target.is_file():
        return {}
    known = {}
    for context in ElementTree.parse(target).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.findtext("translation") or ""
            if translation:
                name = context.findtext("name") or ""
                known[name, message.findtext("source") or ""] = translation
    return known


def write_ts(strings: Strings, target: Path) -> int:
    """Write the strings as a Qt translation source and return how many there are."""
    known = _known(target)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", '<TS version="2.1">']
    for context in sorted(strings):
        lines += ["<context>", f"    <name>{sax.escape(context)}</name>"]
        for text, place in strings[context].items():
            translation = known.get((context, text), "")
            state = "" if translation else ' type="unfinished"'
            lines += [
                "    <message>",
                f'        <location filename="../../{place}"/>',
                f"        <source>{sax.escape(text)}</source>",
                f"        <translation{state}>{sax.escape(translation)}</translation>",
                "    </message>",
            ]
        lines.append("</context>")
    lines += ["</TS>", ""]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines), encoding="utf-8")
    return sum(map(len, strings.values()))


def main() -> int:
    """Write the file, or with ``--check`` fail if it is not up to date."""
    strings = strings_of(ROOT / "plugin")
    before = TARGET.read_bytes() if TARGET.is_file() else b""
    count = write_ts(strings, TARGET)
    if "--check" in sys.argv and TARGET.read_bytes() != before:
        TARGET.write_bytes(before)
        print("resources/i18n/scene_search.ts is not up to date: make strings")
        return 1
    print(f"{TARGET.relative_to(ROOT)}: {count} strings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
