"""The model card for people (README.md), of the same facts as the one for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...engine.encoders.package.card_format import PREFIX, CardFields


def readable_card(fields: CardFields) -> str:
    """Return the card as Markdown."""
    return "\n".join(_lines(fields)) + "\n"


def _lines(fields: CardFields) -> Iterator[str]:
    extra = {key.removeprefix(PREFIX): value for key, value in fields.extra.items()}
    yield from (f"# {fields.name}", "", fields.description, "")
    yield (
        f"- Image: {fields.input_size} × {fields.input_size} px RGB. Embedding: "
        f"{fields.embedding_size} numbers. Code: {fields.code_bits} bits."
    )
    if fields.pretrained_source:
        yield f"- Started from {fields.pretrained_source}."
    tools = ", ".join(f"{name} {own}" for name, own in extra.get("exported_with", {}).items())
    weights = f"{fields.total_parameters or 0:,}"
    yield f"- Weights: {weights}. ONNX opset {extra['onnx_opset']} ({tools})."
    recipe = fields.recipe
    seconds = recipe.get("training_seconds")
    where = recipe["machine"] if seconds is None else f"{recipe['machine']} in {seconds:,.0f} s"
    yield f"- Recipe: `{recipe['file']}`, seed {recipe['seed']}, trained on {where}."
    for title, key in (("Reconstructs", "paper"), ("Ours", "reconstruction")):
        if key in extra:
            yield f"- {title}: {extra[key]}"
    if levels := extra.get("code_levels"):
        yield f"- Bits of the code by level of the scene tree: {' | '.join(map(str, levels))}."
    if parts := extra.get("parts"):
        meaning, look = parts["meaning"], parts["look"]
        lengths = ", ".join(str(code["bits"]) for code in extra["codes"])
        yield (
            f"- Two parts: {meaning['numbers']} numbers of meaning, which texts share, and "
            f"{look['numbers']} of look; the meaning counts {meaning['share']:.0%} unless a search "
            f"says otherwise. Codes of {lengths} bits, with bits of their own for each part."
        )
    if "made" in extra:
        yield f"- {extra['made']}"
    yield from ("", "## Training data and terms", "")
    for source in fields.training_data:
        yield f"- {source['name']}: {source['items']} images; {source['terms']}"
    if "held_out" in extra:
        yield from ("", str(extra["held_out"]))
    if fields.results:
        yield from ("", "## Measured", "", "| benchmark | weights | protocol | result |")
        yield "|---|---|---|---|"
        for row in fields.results:
            yield (
                f"| {row['benchmark']} | {row['precision']} | {row['protocol']} | "
                f"{row['summary']} |"
            )
        yield from ("", "Printed by the export, which measures as `scene-search evaluate` does.")
    yield from ("", "## Export", "")
    yield (
        "| graph | output | weights | compared | largest difference | mean cosine | least cosine | "
        "equal bits |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_parity(entry) for entry in extra["parity"])
    yield from ("", "## Limits", "")
    yield from (f"- {line}" for line in extra["limits"])


def _parity(entry: Mapping[str, Any]) -> str:
    def number(key: str, form: str) -> str:
        value = entry.get(key)
        return "" if value is None else format(value, form)

    return (
        f"| {entry['role']} | {entry['output']} | {entry['precision']} | {entry['items']} | "
        f"{number('largest_difference', '.2g')} | {number('mean_cosine', '.5f')} | "
        f"{number('least_cosine', '.4f')} | {number('equal_bits', '.2%')} |"
    )
