"""Re-ranking by the fusion part, against matches worked out from the pixels of the rasters."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scene_search.engine.cli import main
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.fusion import RERANK_WEIGHT
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import CancelledError, EncoderPackageError, QueryError
from scene_search.engine.imagery.fingerprint import fingerprint
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval import tile_pictures
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.rerank import RERANKED, order_around
from scene_search.engine.retrieval.search import search

from tests.support import tiny_encoder as tiny
from tests.support.patchwork import write_patchwork
from tests.support.tiny_fusion import GAIN
from tests.support.tiny_hubness import hubness, write_with_hubness

PROTOTYPES = np.array(list(tiny.COLOURS.values()), np.float64) / 255


@pytest.fixture(scope="module")
def encoder(tiny_fusion_encoder):
    return Encoder(EncoderPackage.load(tiny_fusion_encoder), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def folder(encoder, tmp_path_factory):
    """An index of 256 and of 16 tiles of 64 pixels, each of four patches."""
    folder = tmp_path_factory.mktemp("rerank")
    write_patchwork(folder / "large.tif", 1024, patch=32)
    write_patchwork(folder / "small.tif", 256, patch=32, seed=1, origin=(510_000, 5_600_000))
    index_imagery([folder], folder / "i.gpkg", encoder, IndexOptions(tile_size_m=64))
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    """The same, with the index's sources where the test may spoil them."""
    for name in ("i.gpkg", "large.tif", "small.tif"):
        shutil.copy2(folder / name, tmp_path / name)
    with TileIndex.open(tmp_path / "i.gpkg") as index:
        for source in index.sources():
            moved = str(tmp_path / Path(source.path).name)
            with index._writing() as connection:
                connection.execute("UPDATE sources SET path = ? WHERE fid = ?", (moved, source.id))
    return tmp_path


@pytest.fixture
def index(folder):
    with TileIndex.open(folder / "i.gpkg", read_only=True) as index:
        yield index


def true_logit(hit, words):
    """What the fusion graph says of a tile, from its pixels: 64 of them are a tile's side."""
    column, row, width, height = hit.window
    with rasterio.open(hit.source) as dataset:
        pixels = dataset.read().transpose(1, 2, 0)[row : row + height, column : column + width]
    logits = -((pixels[:, :, np.newaxis].astype(np.float64) / 255 - PROTOTYPES) ** 2).sum(-1) / 0.01
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    return GAIN * (shares.mean((0, 1)) - np.array(tiny.CENTRE[: len(PROTOTYPES)])) @ words


def words_of(encoder, text):
    return encoder.text_states([text]).hidden[0].mean(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("text", ["blue water", "sandy red"])
def test_order_and_match_are_those_of_the_pixels(index, encoder, text):
    by_cosine = search(index, encoder, Query(texts=(text,), limit=RERANKED)).hits
    result = search(index, encoder, Query(texts=(text,), limit=30, rerank=True))
    assert len(by_cosine) == RERANKED
    words = words_of(encoder, text)
    logits = np.array([true_logit(hit, words) for hit in by_cosine])
    scores = logits + RERANK_WEIGHT * np.array([hit.score for hit in by_cosine])
    best = np.argsort(-scores, kind="stable")[:30]
    assert [hit.tile for hit in result.hits] == [by_cosine[i].tile for i in best]
    assert [hit.rank for hit in result.hits] == list(range(1, 31))
    np.testing.assert_allclose([h.match for h in result.hits], sigmoid(logits[best]), atol=1e-4)
    assert [hit.score for hit in result.hits] == [by_cosine[i].score for i in best]
    # the test would show nothing if re-ranking changed nothing, or did without the cosine
    assert [hit.tile for hit in result.hits] != [hit.tile for hit in by_cosine[:30]]
    assert best.tolist() != np.argsort(-logits, kind="stable")[:30].tolist()
    assert not result.notes


def test_hubs_stand_lower_where_the_encoder_tells_them(folder, tiny_fusion_encoder, tmp_path):
    package = write_with_hubness(tmp_path / "hubs", tiny_fusion_encoder)
    encoder = Encoder(EncoderPackage.load(package), threads=1, provider="cpu")
    index_imagery([folder], tmp_path / "i.gpkg", encoder, IndexOptions(tile_size_m=64))
    query = Query(texts=("blue water",), limit=RERANKED)
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        by_cosine = search(index, encoder, query).hits
        hits = search(index, encoder, replace(query, rerank=True)).hits
        rows = index.embeddings([hit.tile for hit in by_cosine])
        none = search(index, encoder, replace(query, rerank=True, gsd=(900.0, None))).hits
    words = words_of(encoder, "blue water")
    logits = np.array([true_logit(hit, words) for hit in by_cosine])
    plain = logits + RERANK_WEIGHT * np.array([hit.score for hit in by_cosine])
    of_hub = hubness("image", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    best = np.argsort(-(plain - RERANK_WEIGHT * of_hub), kind="stable")
    assert [hit.tile for hit in hits] == [by_cosine[i].tile for i in best]
    assert best.tolist() != np.argsort(-plain, kind="stable").tolist()
    assert not none


def test_more_hits_than_are_read_again(index, encoder):
    query = {"texts": ("blue water",), "limit": 200}
    by_cosine = search(index, encoder, Query(**query)).hits
    hits = search(index, encoder, Query(**query, rerank=True)).hits
    assert {hit.tile for hit in hits[:RERANKED]} == {hit.tile for hit in by_cosine[:RERANKED]}
    assert [hit.tile for hit in hits[RERANKED:]] == [hit.tile for hit in by_cosine[RERANKED:]]
    assert all(hit.match is not None for hit in hits[:RERANKED])
    assert all(hit.match is None for hit in hits[RERANKED:])
    assert len(hits) == 200


def test_several_descriptions_count_by_their_mean_logit(index, encoder):
    hits = search(index, encoder, Query(texts=("blue", "red roofs"), rerank=True)).hits
    words = [words_of(encoder, text) for text in ("blue", "red roofs")]
    expected = [sigmoid(np.mean([true_logit(hit, own) for own in words])) for hit in hits]
    np.testing.assert_allclose([hit.match for hit in hits], expected, atol=1e-4)


def test_examples_beside_the_text(index, encoder):
    """They move what the cosine is taken with; the match is the text's alone."""
    like, unlike = index.load_codes().ids[[3, 70]].tolist()
    query = {"texts": ("blue water",), "tiles": (like,), "not_tiles": (unlike,)}
    by_cosine = search(index, encoder, Query(**query, limit=RERANKED)).hits
    hits = search(index, encoder, Query(**query, rerank=True)).hits
    words = words_of(encoder, "blue water")
    score = {hit.tile: hit.score for hit in by_cosine}
    total = {h.tile: true_logit(h, words) + RERANK_WEIGHT * h.score for h in by_cosine}
    assert [h.tile for h in hits] == sorted(total, key=total.get, reverse=True)[:50]
    assert all(score[hit.tile] == hit.score for hit in hits)
    assert {like, unlike}.isdisjoint(hit.tile for hit in hits)


@pytest.mark.parametrize("spoil", ["gone", "changed", "truncated"])
def test_what_cannot_be_read_again_keeps_its_place(copy, encoder, spoil):
    small = copy / "small.tif"
    if spoil == "gone":
        small.unlink()
    elif spoil == "changed":
        write_patchwork(small, 256, patch=32, seed=9, origin=(510_000, 5_600_000))
    else:
        os.truncate(small, small.stat().st_size // 2)
        with TileIndex.open(copy / "i.gpkg") as index, index._writing() as connection:
            mark = (fingerprint(small), str(small))
            connection.execute("UPDATE sources SET fingerprint = ? WHERE path = ?", mark)
    with TileIndex.open(copy / "i.gpkg", read_only=True) as index:
        before = search(index, encoder, Query(texts=("blue water",), limit=RERANKED)).hits
        result = search(index, encoder, Query(texts=("blue water",), limit=RERANKED, rerank=True))
    lost = [hit for hit in result.hits if hit.match is None]
    ours = {hit.tile for hit in before if hit.source == str(small)}
    assert len(ours) >= 3
    assert {hit.tile for hit in lost} == ours
    for hit in lost:
        assert before[hit.rank - 1].tile == hit.tile
    others = [hit for hit in result.hits if hit.match is not None]
    scores = [np.log(h.match / (1 - h.match)) + RERANK_WEIGHT * h.score for h in others]
    np.testing.assert_allclose(scores, sorted(scores, reverse=True), atol=1e-4)
    (note,) = [note for note in result.notes if "could not be read again" in note]
    assert note.startswith(f"{len(lost)} of the 128 tiles to re-rank")
    reason = {"gone": "is missing", "changed": "was changed", "truncated": "is truncated"}[spoil]
    assert f"small.tif {reason}" in note


def test_progress_and_cancelling(index, encoder):
    reports = []
    progress = Progress(reports.append, interval=0)
    search(index, encoder, Query(texts=("blue",), rerank=True), progress)
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert (reports[-1].done, reports[-1].total) == (RERANKED, RERANKED)
    stopping = Progress(lambda report: stopping.cancel(), interval=0)
    with pytest.raises(CancelledError):
        search(index, encoder, Query(texts=("blue",), rerank=True), stopping)


def test_cancelling_while_a_file_does_not_answer(index, encoder, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(tile_pictures, "_read", lambda *_: released.wait(30))
    progress = Progress()
    timer = threading.Timer(0.2, progress.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        search(index, encoder, Query(texts=("blue",), rerank=True), progress)
    assert time.monotonic() - started < 1.5
    released.set()


def test_what_cannot_be_re_ranked(index, encoder, patchwork_index, tiny_encoder):
    tile = int(index.load_codes().ids[0])
    with pytest.raises(QueryError, match="there is none"):
        search(index, encoder, Query(tiles=(tile,), rerank=True))
    plain = Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")
    with (
        TileIndex.open(patchwork_index, read_only=True) as other,
        pytest.raises(EncoderPackageError, match="no fusion part"),
    ):
        search(other, plain, Query(texts=("blue",), rerank=True))


def test_nothing_to_re_rank(index, encoder):
    result = search(index, encoder, Query(texts=("blue",), sensor="none", rerank=True))
    assert result.hits == []
    assert result.notes == ["No tile passes the filters"]


def test_order_around_what_has_no_score():
    nan = np.nan
    assert order_around(np.array([1.0, nan, 3.0, 2.0, nan, 3.0])).tolist() == [2, 1, 5, 3, 4, 0]
    assert order_around(np.array([nan, nan])).tolist() == [0, 1]
    assert order_around(np.array([])).tolist() == []
    # last bits do not decide
    assert order_around(np.array([1.0, nan, 1.0 + 1e-9, 2.0])).tolist() == [3, 1, 0, 2]


def test_command_line(folder, tmp_path, capsys):
    written = tmp_path / "hits.csv"
    search_for = ["search", "--index", str(folder / "i.gpkg"), "--text", "blue water"]
    assert main([*search_for, "--limit", "3", "--rerank", "--output", str(written)]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0].split()[:3] == ["rank", "match", "score"]
    assert main([*search_for, "--limit", "3", "--rerank", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert all(0 < hit["match"] < 1 for hit in hits)
    assert f"{hits[0]['match']:.3f}" in shown.splitlines()[1]
    header, first = written.read_text().splitlines()[:2]
    column = header.split(",").index("match")
    assert float(first.split(",")[column]) == hits[0]["match"]
    assert main([*search_for, "--limit", "3"]) == 0
    assert "match" not in capsys.readouterr().out.splitlines()[0]
    assert main(["search", "--index", str(folder / "i.gpkg"), "--tile", "1", "--rerank"]) == 1
    assert "there is none" in capsys.readouterr().err
