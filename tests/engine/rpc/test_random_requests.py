"""Whatever is asked, the answer is a result or an error that an analyst can do something about."""

import json
import os
import random
import shutil
import threading

import pytest
import shapely
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.rpc.dispatcher import Dispatcher
from scene_search.engine.rpc.methods import Methods
from scene_search.engine.rpc.protocol import InvalidMessageError, parse_request

from tests.support.patchwork import write_patchwork
from tests.support.random_requests import RandomRequests

REQUESTS = int(os.environ.get("SCENE_SEARCH_RANDOM_REQUESTS", "1000"))
SEED = int(os.environ.get("SCENE_SEARCH_RANDOM_SEED", "20240531"))


def kinds(base):
    """Return the names of a class and of all below it."""
    return {base.__name__}.union(*map(kinds, base.__subclasses__()))


def is_answered(line):
    """Whether a line is no notification and does not end the serving."""
    try:
        message = parse_request(line)
    except InvalidMessageError:
        return True
    return message.id is not None and message.method != "shutdown"


class Serial:
    """Feeds a dispatcher one line after the other, each when the one before is answered."""

    def __init__(self, lines):
        self._lines = lines
        self._answered = threading.Semaphore(0)
        self._rest = b""
        self.answers = []

    def __iter__(self):
        for line in self._lines:
            yield line
            assert self._answered.acquire(timeout=60), f"no answer to {line[:2000]!r}"

    def write(self, data):
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "method" not in message:
                self.answers.append(message)
                self._answered.release()
        return len(data)


@pytest.fixture
def folder(tmp_path, tiny_encoder, patchwork_index, monkeypatch):
    """A folder of things to ask about; names without a folder are made there."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_encoder, tmp_path / "encoder")
    shutil.copy(patchwork_index, tmp_path / "copy.gpkg")
    return tmp_path


def test_every_error_is_typed_and_says_what_to_do(folder, patchwork_index):
    raster = write_patchwork(folder / "imagery" / "small.tif", 64)
    with open_raster(raster) as opened:
        area = shapely.box(*opened.footprint().bounds).wkt
    requests = RandomRequests(random.Random(SEED), patchwork_index, raster, area, folder)
    sent = [line for line in (requests.line() for _ in range(REQUESTS)) if is_answered(line)]
    lines = Serial(sent)
    methods = Methods()
    try:
        Dispatcher(lines, methods.table()).serve(lines)
    finally:
        methods.close()
    known = kinds(SceneSearchError) | {"RpcError"}
    assert len(lines.answers) == len(sent)
    wrong = []
    results = 0
    for line, answer in zip(sent, lines.answers, strict=True):
        if "result" in answer:
            results += 1
            continue
        data = answer["error"]["data"]
        if data["type"] not in known or not answer["error"]["message"] or not data["hint"]:
            wrong.append((line[:300], answer["error"]))
    assert not wrong, "\n".join(f"{line!r}\n    {error}" for line, error in wrong[:20])
    assert REQUESTS / 10 < results < REQUESTS * 9 / 10, "they reach the work, and they are wrong"
