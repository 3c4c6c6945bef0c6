from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search import same_path
from scene_search.engine.errors import IndexFileError, QueryError, RasterError, SourceConflictError
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.index.tile_index import TileIndex
from shapely.geometry import MultiPolygon, box

from tests.support.made_index import INFO, make_batch, make_source


def test_what_goes_in_comes_out_after_reopening(index):
    batch = make_batch(300, windows_done=310)
    source_id = index.upsert_source(make_source())
    ids = index.append(source_id, batch)
    index.close()

    with TileIndex.open(index.path, read_only=True) as again:
        assert again.info == INFO
        assert again.tile_count() == 300
        table = again.load_codes()
        np.testing.assert_array_equal(table.ids, ids)
        np.testing.assert_array_equal(table.codes, batch.codes)
        assert set(table.source_ids) == {source_id}
        np.testing.assert_array_equal(again.embeddings(ids), batch.embeddings.astype(np.float32))
        tiles = again.tiles(ids)
        assert [tile.window for tile in tiles] == list(batch.windows)
        assert all(t.footprint.equals(f) for t, f in zip(tiles, batch.footprints, strict=True))
        np.testing.assert_allclose([tile.valid for tile in tiles], batch.valid)
        assert {tile.acquired for tile in tiles} == {batch.acquired}
        source = again.source_by_path("/imagery/Zürich west.tif")
        assert source == replace(make_source(), id=source_id, windows_done=310)
        assert again.source(source_id) == source
        west, south, east, north = again.extent()
        assert (west, south) == (8.5, 47.3)
        assert (east, north) == pytest.approx((9.1, 47.302))


def test_records_come_in_the_order_asked_for_even_twice(index):
    source_id = index.upsert_source(make_source())
    batch = make_batch(50)
    ids = index.append(source_id, batch)
    order = [7, 3, 7, 49, 0]
    asked = ids[order]
    assert [tile.id for tile in index.tiles(asked)] == asked.tolist()
    np.testing.assert_array_equal(
        index.embeddings(asked), batch.embeddings.astype(np.float32)[order]
    )


def test_more_ids_than_a_statement_takes(index):
    batch = make_batch(2000)
    ids = index.append(index.upsert_source(make_source()), batch)
    np.testing.assert_array_equal(
        index.embeddings(ids[::-1]), batch.embeddings.astype(np.float32)[::-1]
    )


def test_empty_index(index):
    assert index.tile_count() == 0
    assert index.extent() is None
    assert index.sources() == []
    assert index.tile_counts() == {}
    table = index.load_codes()
    assert table.codes.shape == (0, INFO.code_bytes)
    assert table.positions(np.array([1])).tolist() == [-1]
    assert index.tiles([]) == []
    assert index.embeddings([]).shape == (0, INFO.embedding_size)


def test_unknown_tile(index):
    index.append(index.upsert_source(make_source()), make_batch(3))
    for read in (index.tiles, index.embeddings):
        with pytest.raises(QueryError, match="Tile 99 is not in the index"):
            read([1, 99, 2])


def test_unknown_source(index):
    for call in (
        lambda: index.append(5, make_batch(2)),
        lambda: index.remove_source(5),
        lambda: index.set_source_state(5, "complete"),
    ):
        with pytest.raises(IndexFileError, match="no source 5"):
            call()
    assert index.tile_count() == 0
    assert index.source(5) is None
    assert index.source_by_path("/nowhere.tif") is None


def test_tile_on_the_date_line_keeps_both_parts(index):
    parts = MultiPolygon([box(179.99, 0, 180, 0.01), box(-180, 0, -179.99, 0.01)])
    batch = replace(make_batch(1), footprints=[parts])
    ids = index.append(index.upsert_source(make_source()), batch)
    assert index.tiles(ids)[0].footprint.equals(parts)
    assert len(index.tiles_touching((-180, 0, -179.999, 0.01))[0]) == 1


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({}, True),
        ({"state": "complete"}, True),
        ({"acquisition": {"datetime": None}}, True),
        ({"fingerprint": "f2"}, False),
        ({"tile_size_m": 64.0}, False),
        ({"stretch": {"bands": [4, 3, 2]}}, False),
        ({"width": 100}, False),
    ],
)
def test_tiles_go_when_the_pixels_behind_them_changed(index, change, stays):
    other = index.upsert_source(make_source("/other.tif"))
    index.append(other, make_batch(4, seed=1))
    first = index.upsert_source(make_source())
    ids = index.append(first, make_batch(5, windows_done=6))

    again = index.upsert_source(make_source(**change))

    assert again == first
    assert index.tile_counts() == ({other: 4, first: 5} if stays else {other: 4})
    assert index.source(first).windows_done == (6 if stays else 0)
    if not stays:
        new = index.append(first, make_batch(2, seed=3))
        assert new.tolist() == ids[:2].tolist(), "the same windows have the same ids"
        assert index.append(first, make_batch(1, first=50)) > ids.max(), "others have new ones"


def test_stretch_with_tuples_is_the_same_stretch(index):
    source_id = index.upsert_source(make_source(stretch={"low": (1, 2)}))
    index.append(source_id, make_batch(2))
    index.upsert_source(make_source(stretch={"low": [1, 2]}))
    assert index.tile_count() == 2


def test_removing_a_source(index):
    one = index.upsert_source(make_source("/one.tif"))
    two = index.upsert_source(make_source("/two.tif"))
    index.append(one, make_batch(4))
    kept = make_batch(6, seed=2, first=100)
    kept_ids = index.append(two, kept)
    index.append(one, make_batch(4, seed=3, first=4))

    assert index.remove_source(one) == 8

    assert [source.path for source in index.sources()] == ["/two.tif"]
    table = index.load_codes()
    np.testing.assert_array_equal(table.ids, kept_ids)
    np.testing.assert_array_equal(table.codes, kept.codes)
    assert index.extent() == pytest.approx((8.7, 47.3, 8.712, 47.302), abs=1e-5)
    assert index.remove_source(two) == 6
    assert index.extent() is None


def test_resuming_inside_a_source(index):
    source_id = index.upsert_source(make_source())
    batch = make_batch(3, windows_done=5)
    ids = index.append(source_id, batch)
    assert [tile.window for tile in index.tiles(ids)] == list(batch.windows)
    # two windows that were mostly nodata
    index.append(source_id, make_batch(0, windows_done=7))
    assert index.source(source_id).windows_done == 7
    assert index.tile_count() == 3


def test_one_tile_twice_is_refused_and_nothing_of_its_batch_stays(index):
    source_id = index.upsert_source(make_source())
    index.append(source_id, make_batch(3, windows_done=3))
    with pytest.raises(SourceConflictError, match="in the index already"):
        index.append(source_id, make_batch(3, first=2, windows_done=6))
    assert index.tile_count() == 3
    assert index.source(source_id).windows_done == 3
    assert len(index.load_codes()) == 3


def test_codes_are_read_again_only_after_a_change(index):
    source_id = index.upsert_source(make_source())
    index.append(source_id, make_batch(3))
    with TileIndex.open(index.path, read_only=True) as reader:
        first = reader.load_codes()
        assert reader.load_codes() is first
        index.append(source_id, make_batch(3, first=3))
        assert len(reader.load_codes()) == 6
    mine = index.load_codes()
    assert index.load_codes() is mine
    index.remove_source(source_id)
    assert len(index.load_codes()) == 0


def test_batches_are_checked(index):
    source_id = index.upsert_source(make_source())
    good = make_batch(3)
    endless = good.embeddings.copy()
    endless[1, 1] = np.inf
    for bad in (
        replace(good, codes=good.codes[:2]),
        replace(good, codes=good.codes[:, :4]),
        replace(good, codes=good.codes.astype(np.int64)),
        replace(good, embeddings=good.embeddings[:, :8]),
        replace(good, embeddings=endless),
        replace(good, footprints=good.footprints[:2]),
        replace(good, footprints=[MultiPolygon()] * 3),
    ):
        with pytest.raises(ValueError):
            index.append(source_id, bad)
    assert index.tile_count() == 0


def test_path_that_is_no_text(index):
    path = b"/imagery/\xff\xfe.tif".decode("utf-8", "surrogateescape")
    with pytest.raises(RasterError, match="not valid text"):
        index.upsert_source(make_source(path))


def test_missing_values_of_a_skipped_source(index):
    skipped = make_source(
        state="skipped", error="no CRS", resolution_m=None, tile_size_m=None, acquisition={}
    )
    source_id = index.upsert_source(skipped)
    read = index.source(source_id)
    assert read == replace(skipped, id=source_id)
    assert read.acquired is None
    assert read.sensors == ()


def test_source_says_when_and_by_what_it_was_taken():
    source = make_source(
        resolution_m=None,
        acquisition={
            "datetime": None,
            "start_datetime": "2020-01-01T00:00:00+02:00",
            "platform": "landsat-8",
            "instruments": ["oli", "tirs"],
            "gsd": 30,
        },
    )
    assert source.acquired.isoformat() == "2019-12-31T22:00:00+00:00"
    assert source.sensors == ("landsat-8", "oli", "tirs")
    assert source.gsd_m == 30.0


# each step: append a batch to source 0..2, complete it, remove it, or change its pixels
_STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "complete", "remove", "change"]), st.integers(0, 2)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_STEPS)
def test_codes_and_tiles_agree_after_any_history(tmp_path_factory, steps):
    """The code table must always be what a plain dictionary of tiles says."""
    expected = {}
    path = tmp_path_factory.mktemp("history") / "i.gpkg"
    with TileIndex.create(path, INFO) as index:
        for number, (action, which) in enumerate(steps):
            source_id = index.upsert_source(make_source(f"/{which}.tif", fingerprint="same"))
            if action == "append":
                batch = make_batch(1 + number % 3, seed=number, first=10 * number)
                for tile, code in zip(index.append(source_id, batch), batch.codes, strict=True):
                    expected[int(tile)] = (source_id, code.tobytes())
                continue
            if action == "complete":
                index.set_source_state(source_id, "complete")
                continue
            if action == "remove":
                index.remove_source(source_id)
            else:
                index.upsert_source(make_source(f"/{which}.tif", fingerprint=f"new{number}"))
            expected = {tile: value for tile, value in expected.items() if value[0] != source_id}
            if action == "change":
                index.upsert_source(make_source(f"/{which}.tif", fingerprint="same"))
        for _ in range(2):
            table = index.load_codes()
            found = {
                int(tile): (int(source), code.tobytes())
                for tile, source, code in zip(table.ids, table.source_ids, table.codes, strict=True)
            }
            assert found == expected
            assert np.all(np.diff(table.ids) > 0)
            index.rebuild_codes()


def test_windows_are_plain_values(index):
    window = TileWindow(1, 2, 3, 4, 0.5)
    source_id = index.upsert_source(make_source())
    ids = index.append(source_id, replace(make_batch(1), windows=[window]))
    assert index.tiles(ids)[0].window == window
    assert index.load_codes().scales.tolist() == [0.5]


def test_a_source_is_found_under_any_path_of_its_file(index, tmp_path, monkeypatch):
    file = tmp_path / "imagery" / "a.tif"
    file.parent.mkdir()
    file.touch()
    (tmp_path / "linked").symlink_to(file.parent)
    source = index.upsert_source(make_source(str(tmp_path / "linked" / "a.tif")))
    index.upsert_source(make_source(str(tmp_path / "other" / "a.tif")))
    monkeypatch.chdir(tmp_path)
    for path in (file, "imagery/a.tif", "linked/../linked/a.tif"):
        assert index.source_of(path).id == source
    assert index.source_of(tmp_path / "imagery" / "b.tif") is None
    assert index.source_of(tmp_path / "imagery" / "A.tif") is None
    monkeypatch.setattr(same_path, "_tried", lambda _folder: True)
    assert index.source_of(tmp_path / "Imagery" / "A.TIF").id == source
