"""Zero-shot classification: the class whose name is nearest to an image."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...encoders.encoder import Encoded, Encoder
from ...errors import UsageError
from ...progress import Progress
from ..captions.recall import expected_recall
from ..image_encoding import encode_image_files
from ..image_lists import check_files, class_of, read_list
from ..rankings import Scores, code_scores, embedding_scores
from ..report import encoder_facts, percent

KS = (1, 5)

#: Stands for the name of a class in a prompt.
_NAME = "{name}"
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def evaluate_names(
    encoder: Encoder,
    images_dir: str | Path,
    query_list: str | Path,
    names: str | Path | None = None,
    prompt: str = _NAME,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure how often the name of an image's class is the nearest of all names.

    Args:
        encoder: what is measured; it needs a text part.
        images_dir: folder of the images.
        query_list: list of the images, the class the folder of the file.
        names: table of folders and the names of their classes, see ``read_names``; the words of
            the folders' own names if left out.
        prompt: sentence around a name, which ``{name}`` stands for.
        progress: told the images done; can cancel.

    Returns:
        A JSON object in percent: ``top1`` and ``top5`` by embedding and, under ``code``, by code;
        images count alike, and tied names by expectation.

    Raises:
        UsageError: list, names or images missing, or a prompt without a place for the name.
        EncoderPackageError: the encoder has no text part.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    encoder.require("text")
    if _NAME not in prompt:
        raise UsageError(f"The prompt {prompt!r} has no {_NAME}", hint=f"Such as: many {_NAME}s")
    files = read_list(Path(query_list))
    check_files(Path(images_dir), files)
    own = [class_of(file) for file in files]
    classes = sorted(set(own))
    told = {} if names is None else read_names(Path(names))
    texts = [prompt.replace(_NAME, told.get(name) or spelled(name)) for name in classes]
    if len(set(texts)) < len(texts):
        raise UsageError("Two classes have the same name", hint="Give each its own with --names.")
    images = encode_image_files(encoder, Path(images_dir), files, progress)
    described = encoder.encode_texts(texts)
    right = np.array(own)[:, None] == np.array(classes)

    def measured(scores: Callable[[Encoded, Encoded], Scores]) -> dict[str, float]:
        chances = expected_recall(
            scores(images.encoded, described),
            right.astype(np.int64),
            np.ones(len(classes), np.int64),
            KS,
        )
        return {f"top{k}": percent(v) for k, v in zip(KS, chances.mean(axis=0), strict=True)}

    return {
        "benchmark": "names",
        "unit": "percent",
        **measured(embedding_scores),
        "code": {**measured(code_scores), "bits": encoder.package.code_bits},
        "images": len(files),
        "classes": dict(zip(classes, texts, strict=True)),
        "chance": percent(1 / len(classes)),
        "protocol": "the text nearest to an image, of one text a class, names its class",
        "seconds": round(images.seconds, 3),
        "encoder": encoder_facts(encoder),
    }


def spelled(folder: str) -> str:
    """Return the words of a folder's name: ``BaseballField`` is ``baseball field``."""
    return " ".join(word.lower() for word in _WORDS.findall(folder)) or folder


def read_names(path: Path) -> Mapping[str, str]:
    """Read a table of names, a folder, a tab and its name a line.

    Raises:
        UsageError: it is missing or has a line of another form.
    """
    try:
        lines: Sequence[str] = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The names {path} cannot be read: {error}", hint="Check --names."
        ) from error
    found = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        folder, tab, name = line.partition("\t")
        if not tab or not folder.strip() or not name.strip():
            raise UsageError(
                f"Line {number} of {path} is no folder, tab and name", hint="Such as: beach⇥beach"
            )
        found[folder.strip()] = name.strip()
    return found
