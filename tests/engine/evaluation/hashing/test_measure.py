"""The hashing benchmark end to end, on generated images, against its definition."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import CancelledError, RasterError, UsageError
from scene_search.engine.evaluation.hashing.measure import evaluate_hashing
from scene_search.engine.imagery.tiles.reader import read_image
from scene_search.engine.progress import Progress

_CLASSES = {"forest": (45, 70, 38), "river": (60, 100, 130), "runway": (110, 110, 112)}


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write three classes of ten hard-to-tell images each, and the lists."""
    folder = tmp_path_factory.mktemp("Bilder ü")
    random = np.random.default_rng(4)
    names = []
    for name, colour in _CLASSES.items():
        (folder / name).mkdir()
        for number in range(10):
            tone = np.array(colour) + random.normal(0, 30, 3)
            pixels = tone + random.normal(0, random.uniform(2, 30), (70, 80, 1))
            file = f"{name}/{name}{number:02}.png"
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / file)
            names.append(file)
    (folder / "database.txt").write_text("\n".join(n for n in names if n[-5] not in "01") + "\n\n")
    (folder / "queries.txt").write_text("\n".join(n for n in names if n[-5] in "01"))
    return folder


def _run(encoder: Encoder, folder: Path, **options: object) -> dict:
    return evaluate_hashing(
        encoder, folder, folder / "database.txt", folder / "queries.txt", **options
    )


def _mean_over_orders(encoder: Encoder, folder: Path, bits: int) -> float:
    """Return mAP by sampling orders of ties, from codes read one image at a time."""

    def load(which: str) -> tuple[np.ndarray, np.ndarray]:
        names = (folder / f"{which}.txt").read_text().split()
        codes = [encoder.encode_images(read_image(folder / n, 64)[None]).codes[0] for n in names]
        return np.unpackbits(np.stack(codes), axis=-1)[:, :bits], np.array(
            [n.split("/")[0] for n in names]
        )

    (items, item_class), (queries, query_class) = load("database"), load("queries")
    random = np.random.default_rng(0)
    values = []
    for code, own in zip(queries, query_class, strict=True):
        distances = (items != code).sum(1)
        for _ in range(400):
            hits = (item_class == own)[np.lexsort((random.random(len(items)), distances))]
            values.append((hits.cumsum() / np.arange(1, len(hits) + 1))[hits].mean())
    return 100 * float(np.mean(values))


@pytest.mark.parametrize("bits", [None, 8, 13])
def test_against_sampling(encoder: Encoder, benchmark: Path, bits: int | None) -> None:
    result = _run(encoder, benchmark, bits=bits)
    assert result["map"] == pytest.approx(
        _mean_over_orders(encoder, benchmark, bits or 64), abs=1.0
    )
    assert (result["bits"], result["queries"], result["database"]) == (bits or 64, 6, 24)
    assert 34 < result["map"] < 100
    assert result["embedding"]["map"] > 50
    json.dumps(result)


def test_long_shortlist_equals_embeddings(encoder: Encoder, benchmark: Path) -> None:
    result = _run(encoder, benchmark, shortlist=24)
    assert result["pipeline"] == {**result["embedding"], "shortlist": 24}


def test_protocol_is_told(encoder: Encoder, benchmark: Path, tmp_path: Path) -> None:
    result = _run(encoder, benchmark)
    assert "24 images that does not hold" in result["protocol"]
    assert result["queries_in_database"] == 0
    assert result["encoder"]["sha256"] == encoder.package.sha256
    assert result["encoder"]["files"]["image"] == "image.onnx"
    both = evaluate_hashing(
        encoder, benchmark, benchmark / "database.txt", benchmark / "database.txt"
    )
    assert both["queries_in_database"] == 24
    assert "that holds" in both["protocol"]


def test_identical_files_are_named(encoder: Encoder, benchmark: Path) -> None:
    copy = benchmark / "forest" / "forest99.png"
    copy.write_bytes((benchmark / "forest" / "forest05.png").read_bytes())
    listed = benchmark / "database.txt"
    before = listed.read_text()
    try:
        listed.write_text(before.strip() + "\nforest/forest99.png\n")
        assert _run(encoder, benchmark)["identical_files"] == [
            ["forest/forest05.png", "forest/forest99.png"]
        ]
    finally:
        listed.write_text(before)
        copy.unlink()


def test_queries_of_an_absent_class(encoder: Encoder, benchmark: Path, tmp_path: Path) -> None:
    database = tmp_path / "d.txt"
    lines = (benchmark / "database.txt").read_text().splitlines()
    database.write_text("\n".join(line for line in lines if "runway" not in line))
    result = evaluate_hashing(encoder, benchmark, database, benchmark / "queries.txt")
    assert result["queries_without_relevant"] == 2
    database.write_text("runway/runway05.png")
    queries = tmp_path / "q.txt"
    queries.write_text("forest/forest00.png")
    with pytest.raises(UsageError, match="No query"):
        evaluate_hashing(encoder, benchmark, database, queries)


def test_progress_and_cancelling(encoder: Encoder, benchmark: Path) -> None:
    reports = []
    _run(encoder, benchmark, progress=Progress(reports.append, interval=0))
    assert (reports[-1].done, reports[-1].total, reports[-1].unit) == (30, 30, "images")
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        _run(encoder, benchmark, progress=progress)


@pytest.mark.parametrize("bits", [0, 65, -8])
def test_bits_out_of_range(encoder: Encoder, benchmark: Path, bits: int) -> None:
    with pytest.raises(UsageError, match="64"):
        _run(encoder, benchmark, bits=bits)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "names no image"),
        ("\n \n", "names no image"),
        ("forest/forest00.png\nforest/forest00.png", "twice"),
        ("forest/absent.png\nforest/forest00.png", "1 of 26 images are missing.*absent"),
        ("plain.png", "in no folder"),
    ],
)
def test_wrong_lists(
    encoder: Encoder, benchmark: Path, tmp_path: Path, content: str, message: str
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(content)
    with pytest.raises(UsageError, match=message) as caught:
        evaluate_hashing(encoder, benchmark, benchmark / "database.txt", listed)
    assert caught.value.hint


def test_missing_places(encoder: Encoder, benchmark: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        evaluate_hashing(encoder, benchmark, tmp_path / "no.txt", benchmark / "queries.txt")
    with pytest.raises(UsageError, match="does not exist"):
        evaluate_hashing(
            encoder, tmp_path / "no", benchmark / "database.txt", benchmark / "queries.txt"
        )


def test_unreadable_image(encoder: Encoder, benchmark: Path, tmp_path: Path) -> None:
    bad = benchmark / "forest" / "bad.png"
    bad.write_text("no image")
    queries = tmp_path / "q.txt"
    queries.write_text("forest/bad.png")
    try:
        with pytest.raises(RasterError, match=r"bad\.png"):
            evaluate_hashing(encoder, benchmark, benchmark / "database.txt", queries)
    finally:
        bad.unlink()
