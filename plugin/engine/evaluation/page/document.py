"""The frame of a report, and the parts that every report has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ....paths import version
from ...encoders.card import summarise
from ...encoders.package.package import EncoderPackage
from .markup import Markup, join, tag
from .style import CSS

#: Forbids whatever is not in the file itself, should a name ever get past the escaping.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document(title: str, subtitle: str, sections: Sequence[Markup]) -> str:
    """Return a whole HTML file."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(CSS)),
    )
    made = f"Scene Search {version()}, {date.today().isoformat()}"
    body = tag(
        "body", tag("h1", title), tag("p", subtitle, class_="soft"), *sections, _footer(made)
    )
    return "<!DOCTYPE html>\n" + tag("html", head, "\n", body, lang="en") + "\n"


def section(title: str, *content: object) -> Markup:
    """Return a part of the page with a heading."""
    return join(["\n", tag("section", tag("h2", title), *content)])


def table(header: Sequence[str], rows: Sequence[Sequence[object]], name: str) -> Markup:
    """Return a table.

    Args:
        header: of the columns, the first of which names the rows.
        rows: of cells.
        name: the element's id.
    """
    head = tag("tr", *(tag("th", cell, scope="col") for cell in header))
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body), id=name), class_="wide")


def facts(rows: Mapping[str, object]) -> Markup:
    """Return named facts."""
    pairs = [part for key, value in rows.items() for part in (tag("dt", key), tag("dd", value))]
    return tag("dl", *pairs, class_="facts")


def measured_section(
    package: EncoderPackage, result: Mapping[str, Any], rows: Mapping[str, object]
) -> Markup:
    """Return what was measured: the encoder, the benchmark and the rules."""
    encoder = result["encoder"]
    files = ", ".join(f"{role} {file}" for role, file in encoder["files"].items())
    identical = result["identical_files"]
    copies = f"{len(identical)} group{'s' * (len(identical) != 1)} of identical files"
    shown = {
        "Encoder": package.name,
        "SHA-256": package.sha256,
        "Code, embedding": f"{package.code_bits} bits, {package.embedding_size} numbers",
        "Run": f"{files} on {encoder['provider'].upper()}",
        **rows,
        "Rate": f"{result['images_per_second']:,.1f} images a second, reading included",
        "Copies": copies if identical else "no identical files",
        "Rules": result["protocol"],
    }
    card = tag("details", tag("summary", "The encoder's card"), tag("pre", summarise(package)))
    return section("What was measured", facts(shown), card)


def _footer(made: str) -> Markup:
    return tag("p", made, class_="soft")
