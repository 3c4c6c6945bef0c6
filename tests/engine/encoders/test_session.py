"""Graphs are checked on loading, and a provider that fails is left for the next."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from scene_search.engine.encoders import session as session_module
from scene_search.engine.encoders.providers import CPU, choose_provider, preload_cuda
from scene_search.engine.encoders.session import GraphFile, GraphSession, create_session
from scene_search.engine.errors import CancelledError, EncoderPackageError, UsageError
from scene_search.engine.progress import Progress, governed_by

onnx = pytest.importorskip("onnx")

_CUDA = "CUDAExecutionProvider"


def _create(model: bytes, role: str, candidates: tuple[str, ...] = (CPU,)) -> GraphSession:
    return create_session(lambda _: GraphFile("graph.onnx of X", model), role, candidates, 1)


def test_runs_and_reports_failures(tiny_encoder: Path) -> None:
    session = _create((tiny_encoder / "hash.onnx").read_bytes(), "hash")
    assert (session.provider, session.note) == ("cpu", "")
    (code,) = session.run({"features": np.ones((3, 32), np.float32)}, ("code",))
    assert code.shape == (3, 8)
    with pytest.raises(EncoderPackageError, match=r"graph\.onnx of X failed"):
        session.run({"features": np.ones((3, 31), np.float32)}, ("code",))


@pytest.mark.parametrize(
    ("file", "role", "kind"),
    [
        ("text.onnx", "image", "inputs"),
        ("image.onnx", "text", "inputs"),
        ("hash.onnx", "image", "inputs"),
    ],
)
def test_wrong_inputs(tiny_encoder: Path, file: str, role: str, kind: str) -> None:
    with pytest.raises(EncoderPackageError, match=f"{kind} of a graph for {role}"):
        _create((tiny_encoder / file).read_bytes(), role)


def test_wrong_outputs(tiny_encoder: Path) -> None:
    model = onnx.load(tiny_encoder / "image.onnx")
    del model.graph.output[1]
    with pytest.raises(EncoderPackageError, match="outputs of a graph for image"):
        _create(model.SerializeToString(), "image")


@pytest.mark.parametrize("field", ["opset", "ir"])
def test_newer_onnx_than_the_runtime(tiny_encoder: Path, field: str) -> None:
    model = onnx.load(tiny_encoder / "hash.onnx")
    if field == "opset":
        model.opset_import[0].version = 999
    else:
        model.ir_version = 999
    with pytest.raises(EncoderPackageError, match="newer ONNX Runtime") as caught:
        _create(model.SerializeToString(), "hash")
    assert "Update" in caught.value.hint


@pytest.mark.parametrize("model", [b"", b"no graph", b"\x08\x08"])
def test_rubbish(model: bytes) -> None:
    with pytest.raises(EncoderPackageError, match="not a graph"):
        _create(model, "image")


def test_falls_back_and_says_why(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = session_module._open

    def no_cuda(model: bytes, provider: str, threads: int) -> object:
        if provider == _CUDA:
            raise RuntimeError("CUDA driver version is insufficient\nstack trace")
        return real(model, provider, threads)

    monkeypatch.setattr(session_module, "_open", no_cuda)
    session = _create((tiny_encoder / "hash.onnx").read_bytes(), "hash", (_CUDA, CPU))
    assert session.provider == "cpu"
    assert session.note == (
        "cuda does not work here: CUDA driver version is insufficient. Running on the CPU"
    )


def test_silent_fallback_of_the_runtime_is_noticed(tiny_encoder: Path) -> None:
    """ONNX Runtime itself goes on with the CPU when a provider's library does not load."""
    preload_cuda()
    session = _create((tiny_encoder / "hash.onnx").read_bytes(), "hash", (_CUDA, CPU))
    if session.provider == "cpu":
        assert "cuda does not work here" in session.note


def test_a_provider_that_fails_on_running_is_left(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = session_module._open

    class Broken:
        def __init__(self, session: object) -> None:
            self._session = session

        def get_providers(self) -> list[str]:
            return [_CUDA]

        def run(self, *_: object) -> None:
            raise RuntimeError("no kernel image is available")

        def __getattr__(self, name: str) -> object:
            return getattr(self._session, name)

    def opened(model: bytes, provider: str, threads: int) -> object:
        session = real(model, CPU, threads)
        return Broken(session) if provider == _CUDA else session

    monkeypatch.setattr(session_module, "_open", opened)
    for role in ("image", "text", "hash"):
        session = _create((tiny_encoder / f"{role}.onnx").read_bytes(), role, (_CUDA, CPU))
        assert session.provider == "cpu"
        assert "no kernel image" in session.note


class TestChooseProvider:
    def test_fastest_first(self) -> None:
        offered = [CPU, "CoreMLExecutionProvider", _CUDA, "AzureExecutionProvider"]
        choice = choose_provider("auto", offered)
        assert choice.candidates == (_CUDA, "CoreMLExecutionProvider", CPU)
        assert choice.note == ""

    def test_cpu_only(self) -> None:
        assert choose_provider("cpu", [_CUDA, CPU]).candidates == (CPU,)
        assert choose_provider("cuda", [_CUDA, CPU]).candidates == (_CUDA, CPU)

    def test_wanted_but_absent(self) -> None:
        choice = choose_provider("cuda", [CPU])
        assert choice.candidates == (CPU,)
        assert "CPU" in choice.note

    def test_card_without_its_runtime(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/nvidia-smi")
        assert "onnxruntime-gpu" in choose_provider("auto", [CPU]).note

    def test_unknown(self) -> None:
        with pytest.raises(UsageError, match="rocket"):
            choose_provider("rocket")


def _endless() -> GraphSession:
    """Return a session whose graph goes round in a loop for ever."""
    helper = onnx.helper
    value, node = helper.make_tensor_value_info, helper.make_node
    body = helper.make_graph(
        [node("Identity", ["c"], ["co"]), node("Identity", ["v"], ["vo"])],
        "body",
        [value("i", 7, []), value("c", 9, []), value("v", 1, ["n", 32])],
        [value("co", 9, []), value("vo", 1, ["n", 32])],
    )
    graph = helper.make_graph(
        [
            node("Loop", ["", "yes", "features"], ["same"], body=body),
            node("Cast", ["same"], ["code"], to=2),
        ],
        "g",
        [value("features", 1, ["n", 32])],
        [value("code", 2, ["n", 32])],
        [helper.make_tensor("yes", 9, [], [True])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return _create(model.SerializeToString(), "hash")


def test_a_loop_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    session = _endless()
    monkeypatch.setattr(session_module, "LONGEST_RUN", 0.5)
    with pytest.raises(EncoderPackageError, match="did not finish") as caught:
        session.run({"features": np.ones((1, 32), np.float32)}, ("code",))
    assert "loop" in caught.value.hint


def test_a_run_is_cancelled_with_the_work_it_is_part_of() -> None:
    session = _endless()
    progress = Progress()
    threading.Timer(0.3, progress.cancel).start()
    started = time.monotonic()
    with governed_by(progress), pytest.raises(CancelledError):
        session.run({"features": np.ones((1, 32), np.float32)}, ("code",))
    assert time.monotonic() - started < 5
