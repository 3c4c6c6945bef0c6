"""Searches go on while another connection adds and removes tiles."""

import threading

from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search

from tests.support.colour_encoder import ColourEncoder
from tests.support.made_index import INFO, make_batch, make_source


def test_hits_never_point_at_tiles_that_are_gone(tmp_path):
    encoder = ColourEncoder()
    path = tmp_path / "i.gpkg"
    with TileIndex.create(path, INFO) as writer:
        stop = threading.Event()
        errors, sizes = [], set()

        def ask():
            try:
                with TileIndex.open(path, read_only=True) as reader:
                    while not stop.is_set():
                        result = search(reader, encoder, Query(texts=("red",), limit=300))
                        sizes.add(len(result.hits))
                        assert len({hit.tile for hit in result.hits}) == len(result.hits)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(30):
            # the fingerprint changes every third time: all tiles go and come anew
            source_id = writer.upsert_source(make_source(fingerprint=str(number // 3)))
            writer.append(source_id, make_batch(50, seed=number, first=50 * number))
        stop.set()
        for thread in threads:
            thread.join()
    assert not errors
    assert sizes <= {0, 50, 100, 150}
    assert sizes - {0}
