"""A tile keeps its id for as long as its source shows that window."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import QueryError
from scene_search.engine.index.tile_index import TileIndex

from tests.support.index_sql import sql
from tests.support.made_index import INFO, make_batch, make_source


def some(columns, seed=0):
    """The batch of tiles at some columns, whose codes tell column and seed."""
    whole = make_batch(60, seed=seed)
    columns = list(columns)
    return dataclasses.replace(
        whole,
        windows=[whole.windows[c] for c in columns],
        footprints=[whole.footprints[c] for c in columns],
        codes=whole.codes[columns],
        embeddings=whole.embeddings[columns],
        valid=whole.valid[columns],
    )


def check_whole(index):
    """Codes in memory are those of the tiles, and segments hold exactly the tiles."""
    table = index.load_codes()
    rows = sql(index.path, "SELECT fid, code, source_id FROM tiles ORDER BY fid")
    assert table.ids.tolist() == [fid for fid, _, _ in rows]
    assert [code.tobytes() for code in table.codes] == [code for _, code, _ in rows]
    assert table.source_ids.tolist() == [source for _, _, source in rows]
    segments = sql(index.path, "SELECT first_tile, tiles FROM code_segments ORDER BY first_tile")
    held = [fid for first, tiles in segments for fid in range(first, first + tiles)]
    assert held == table.ids.tolist()
    return table


def test_tiles_written_again_keep_their_ids_and_hold_what_is_new(index):
    source = index.upsert_source(make_source())
    before = index.append(source, some(range(10)))
    assert index.upsert_source(make_source(fingerprint="f2")) == source
    assert index.tile_count() == 0, "what shows pixels that are gone is not searched"
    with pytest.raises(QueryError, match="not in the index"):
        index.tiles([1])
    assert index.faults(thorough=True) == []
    after = index.append(source, some(range(10), seed=1))
    assert after.tolist() == before.tolist()
    table = check_whole(index)
    assert (table.codes == some(range(10), seed=1).codes).all()


def test_new_windows_get_new_ids_and_those_left_out_are_never_used_again(index):
    source = index.upsert_source(make_source())
    first = index.append(source, some([0, 1, 2, 3]))
    other = index.append(index.upsert_source(make_source("/other.tif")), some([0, 1]))
    index.upsert_source(make_source(fingerprint="f2"))
    again = index.append(source, some([0, 7, 2, 8, 3]))
    assert again.tolist() == [first[0], other[1] + 1, first[2], other[1] + 2, first[3]]
    index.set_source_state(source, "complete")
    check_whole(index)
    index.upsert_source(make_source(fingerprint="f3"))
    last = index.append(source, some([1]))
    assert last[0] > again.max(), "its id was dropped when the source was complete without it"
    check_whole(index)


def test_ids_outlast_a_run_that_breaks_off_and_a_source_that_is_unusable_for_a_time(index):
    source = index.upsert_source(make_source())
    before = index.append(source, some(range(10)))
    index.upsert_source(make_source(fingerprint="f2", state="skipped", error="cut off"))
    index.upsert_source(make_source(fingerprint="f3"))
    index.append(source, some(range(4), seed=1))
    index.close()
    with TileIndex.open(index.path) as again:
        again.upsert_source(make_source(fingerprint="f4"))
        after = again.append(source, some(range(10), seed=2))
        assert after.tolist() == before.tolist()
        check_whole(again)


def test_a_source_that_was_removed_and_comes_back_is_another(index):
    source = index.upsert_source(make_source())
    before = index.append(source, some(range(3)))
    index.upsert_source(make_source(fingerprint="f2"))
    index.remove_source(source)
    assert sql(index.path, "SELECT count(*) FROM retired_tiles") == [(0,)]
    again = index.append(index.upsert_source(make_source()), some(range(3)))
    assert again.min() > before.max()


def test_nothing_is_remembered_of_a_complete_source(index):
    source = index.upsert_source(make_source())
    index.append(source, some(range(3)))
    index.upsert_source(make_source(fingerprint="f2"))
    index.append(source, some(range(3)))
    index.set_source_state(source, "complete")
    assert sql(index.path, "SELECT count(*) FROM retired_tiles") == [(0,)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["/a.tif", "/b.tif"]),
        st.sampled_from(["changed", "complete", "append"]),
        st.sets(st.integers(0, 15), min_size=1, max_size=6),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_an_id_stands_for_one_place_for_ever(tmp_path_factory, steps):
    place_of = {}
    with TileIndex.create(tmp_path_factory.mktemp("ids") / "i.gpkg", INFO) as index:
        written = {"/a.tif": set(), "/b.tif": set()}
        for number, (path, what, columns) in enumerate(steps):
            known = index.source_by_path(path)
            source = known.id if known else index.upsert_source(make_source(path))
            if what == "changed":
                index.upsert_source(make_source(path, fingerprint=f"f{number}"))
                written[path] = set()
            elif what == "complete":
                index.set_source_state(source, "complete")
            else:
                new = sorted(columns - written[path])
                ids = index.append(source, some(new, seed=number)) if new else []
                written[path] |= set(new)
                for tile, column in zip(ids, new, strict=True):
                    assert place_of.setdefault(int(tile), (path, column)) == (path, column)
                kept = index.tiles(ids) if new else []
                assert [t.window.col_off // 256 for t in kept] == new
            table = check_whole(index)
            assert len(table) == sum(map(len, written.values()))
            assert np.all(np.diff(table.ids) > 0)
