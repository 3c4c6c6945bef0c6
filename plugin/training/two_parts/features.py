"""What an image graph computes on the way to its features, for many images, kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

from ...engine.encoders.package.package import EncoderPackage
from ...engine.imagery.tiles.reader import read_image
from .graphs import probe

Array = npt.NDArray[np.float32]

_AT_ONCE = 4


def seen_by(
    package: EncoderPackage,
    maps: Sequence[str],
    vectors: Sequence[str],
    images: Sequence[Path],
    cache: Path,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Array]:
    """Return the outputs of ``graphs.probe`` for images, from the cache where they are there.

    Args:
        package: whose image graph is run, as an analyst's engine runs it.
        maps: see ``graphs.probe``.
        vectors: likewise.
        images: files.
        cache: folder.
        told: called with images done and in all.
    """
    name = package.graph("image", ())
    content = package.read(name)
    key = json.dumps([hashlib.sha256(content).hexdigest(), maps, vectors, list(map(str, images))])
    file = cache / f"seen-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    if file.is_file():
        with np.load(file) as kept:
            return {output: kept[output] for output in kept.files}
    graph = probe(onnx.load_from_string(content), maps, vectors).SerializeToString()
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    found: dict[str, list[Array]] = {output: [] for output in outputs}
    mean, std = (np.asarray(values, np.float32) for values in (package.mean, package.std))
    for start in range(0, len(images), _AT_ONCE):
        batch = [read_image(path, package.input_size) for path in images[start : start + _AT_ONCE]]
        pixels = (np.stack(batch).astype(np.float32) / 255 - mean) / std
        values = session.run(
            outputs, {"pixels": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}
        )
        for output, value in zip(outputs, values, strict=True):
            found[output].append(value)
        told(start + len(batch), len(images))
    whole = {output: np.concatenate(parts) for output, parts in found.items()}
    cache.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}.partial.npz")
    np.savez(partial, **whole)  # type: ignore[arg-type]
    partial.replace(file)
    return whole
