"""Measures what the context of acquisition adds to retrieval, and what it costs.

    python -m benchmarks.retrieval.context --encoder PACKAGE [--each 5]

Every picture of a generated gallery of two seasons and two sensors is a query among all others,
with and without context. What counts as found is either the same class, season and sensor, which
context should help, or the same class whenever and by whatever it was taken, which it may hurt.
Descriptions are queries too, with a season, sensor and resolution to look for. Writes context.json
and renews the table of README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scene_search.engine.context.r2stft import r2stft
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.evaluation.average_precision import expected_average_precision
from scene_search.engine.evaluation.rankings import code_scores, embedding_scores
from scene_search.engine.evaluation.shells import shells_of

from .context_gallery import Scene, gallery
from .table import write_beside

HERE = Path(__file__).parent
BEGIN, END = "<!-- context -->", "<!-- end of context -->"
RANKINGS = {"embedding": embedding_scores, "code": code_scores}
ALIKE, CLASS = "class, season and sensor", "class"


def main(argv: list[str] | None = None) -> int:
    """Measure one package; return 1 if it cannot be measured."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.context", description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="package with a context part")
    parser.add_argument("--each", type=int, default=5, help="scenes of a class, season and sensor")
    parser.add_argument("--seed", type=int, default=0, help="chooses the scenes")
    parser.add_argument("--threads", type=int, help="of the encoder (default: all processors)")
    parser.add_argument("--output", type=Path, default=HERE, help="of context.json and README.md")
    arguments = parser.parse_args(argv)
    try:
        encoder = Encoder(EncoderPackage.load(arguments.encoder), arguments.threads)
        encoder.require("context")
        result = measure(encoder, gallery(arguments.each, arguments.seed))
    except SceneSearchError as error:
        print(f"context: {error}", file=sys.stderr)
        return 1
    result |= {"encoder": encoder.package.name, "sha256": encoder.package.sha256[:12]}
    write(arguments.output, result)
    print(table(result))
    return 0


def measure(encoder: Encoder, scenes: list[Scene]) -> dict[str, Any]:
    """Return mean average precisions, 0..1, with and without context."""
    size = encoder.package.input_size
    images = encoder.encode_images(np.stack([scene.picture(size) for scene in scenes]))
    texts = [r2stft(scene.properties) for scene in scenes]
    told = encoder.encode_context(images.embeddings, texts)
    words = encoder.encode_texts([scene.caption() for scene in scenes])
    # a description is looked for in a season and of a sensor, not at the hour of one picture
    asked = encoder.encode_context(words.embeddings, [_asked(scene) for scene in scenes])
    rows = []
    for queries, plain, informed in (("images", images, told), ("descriptions", words, asked)):
        for ranking, scores in RANKINGS.items():
            for wanted in (ALIKE, CLASS):
                row: dict[str, Any] = {"queries": queries, "ranking": ranking, "wanted": wanted}
                for name, query, items in (
                    ("without", plain, images),
                    ("with", informed, told),
                ):
                    row[name] = _mean_average_precision(
                        scores(query, items), scenes, wanted, itself=queries == "descriptions"
                    )
                rows.append(row)
    return {"scenes": len(scenes), "texts": len(set(texts)), "rows": rows}


def _asked(scene: Scene) -> str:
    year, month = scene.properties["datetime"][:7].split("-")
    span = {"start_datetime": f"{year}-{month}-01", "end_datetime": f"{year}-{month}-28"}
    kept = {key: scene.properties[key] for key in ("platform", "gsd", "proj:centroid")}
    return r2stft(kept | span)


def _mean_average_precision(
    scores: np.ndarray, scenes: list[Scene], wanted: str, *, itself: bool
) -> float:
    """Return the mean over queries; a picture does not count as found by itself."""
    keys = [
        (s.scene_class, s.season, s.sensor) if wanted == ALIKE else (s.scene_class,) for s in scenes
    ]
    numbers = np.unique(np.array(["|".join(key) for key in keys]), return_inverse=True)[1]
    relevant = numbers[:, None] == numbers[None, :]
    if not itself:
        others = ~np.eye(len(scenes), dtype=bool)
        scores = scores[others].reshape(len(scenes), -1)
        relevant = relevant[others].reshape(len(scenes), -1)
    return float(expected_average_precision(shells_of(-scores, relevant)).mean())


def table(result: dict[str, Any]) -> str:
    """Return the result as Markdown."""
    lines = [
        f"{result['encoder']} ({result['sha256']}), {result['scenes']:,} scenes with "
        f"{result['texts']:,} metadata texts:",
        "",
        "| queries | ranked by | found is the same | mAP without | mAP with context | it adds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in result["rows"]:
        without, informed = 100 * row["without"], 100 * row["with"]
        lines.append(
            f"| {row['queries']} | {row['ranking']} | {row['wanted']} | {without:.2f} | "
            f"{informed:.2f} | {informed - without:+.2f} |"
        )
    return "\n".join(lines)


def write(folder: Path, result: dict[str, Any]) -> None:
    """Write context.json, and the table into README.md where there is one."""
    write_beside(folder, "context.json", result, table(result), BEGIN, END)


if __name__ == "__main__":
    sys.exit(main())
