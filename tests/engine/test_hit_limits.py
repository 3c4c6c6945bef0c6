"""One limit of hits for engine, command line and link; the QGIS side has its own test."""

import pytest
from scene_search.engine.errors import UsageError
from scene_search.engine.retrieval.query import Query
from scene_search.engine.rpc.parameters import Parameters
from scene_search.engine.rpc.query_params import read_query
from scene_search.hit_limits import DEFAULT_HITS, MAX_HITS


def test_the_engine_takes_the_most_and_refuses_one_more(run, patchwork_index):
    Query(texts=("a",), limit=MAX_HITS).check()
    with pytest.raises(UsageError, match="10001 hits"):
        Query(texts=("a",), limit=MAX_HITS + 1).check()
    search = ("search", "--index", patchwork_index, "--text", "a", "--limit")
    assert run(*search, MAX_HITS)[0] == 0
    assert run(*search, MAX_HITS + 1)[0] == 2


def test_without_a_wish_there_are_as_many_everywhere():
    assert read_query(Parameters({"texts": ["a"]})).limit == Query(texts=("a",)).limit
    assert Query(texts=("a",)).limit == DEFAULT_HITS
