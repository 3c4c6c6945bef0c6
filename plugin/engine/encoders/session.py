"""ONNX Runtime sessions of a package's graphs, on the fastest provider that works."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as native

from ..errors import CancelledError, EncoderPackageError, SceneSearchError
from ..progress import Progress, governing_progress
from .providers import CPU, preload_cuda, short_name

#: ONNX Runtime's exceptions share no base class.
RUNTIME_ERRORS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    *(
        getattr(native, name)
        for name in (
            "EPFail",
            "Fail",
            "InvalidArgument",
            "InvalidGraph",
            "InvalidProtobuf",
            "NoModel",
            "NotImplemented",
            "RuntimeException",
        )
        if hasattr(native, name)
    ),
)

Arrays = Mapping[str, npt.NDArray[Any]]

#: Name, ONNX type and rank of the inputs and outputs of each role's graph.
SIGNATURES: Mapping[str, tuple[Mapping[str, tuple[str, int]], Mapping[str, tuple[str, int]]]] = {
    "image": (
        {"pixels": ("tensor(float)", 4)},
        {"features": ("tensor(float)", 2), "code": ("tensor(uint8)", 2)},
    ),
    "text": (
        {"input_ids": ("tensor(int64)", 2), "attention_mask": ("tensor(int64)", 2)},
        {"features": ("tensor(float)", 2), "code": ("tensor(uint8)", 2)},
    ),
    "fusion": (
        {
            "image_tokens": ("tensor(float)", 3),
            "text_tokens": ("tensor(float)", 3),
            "text_mask": ("tensor(int64)", 2),
        },
        {"match": ("tensor(float)", 1)},
    ),
    "hash": ({"features": ("tensor(float)", 2)}, {"code": ("tensor(uint8)", 2)}),
    "hubness": (
        {"features": ("tensor(float)", 2)},
        {"image_hubness": ("tensor(float)", 1), "text_hubness": ("tensor(float)", 1)},
    ),
    "context": (
        {
            "image_features": ("tensor(float)", 2),
            "text_tokens": ("tensor(float)", 3),
            "text_mask": ("tensor(int64)", 2),
        },
        {"features": ("tensor(float)", 2), "code": ("tensor(uint8)", 2)},
    ),
}


#: Seconds that one run may take; a slow processor needs a few for a batch of images.
LONGEST_RUN = 120.0

#: Seconds between looks at whether a run is still wanted.
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class GraphFile:
    """An ONNX file and what it refers to.

    Attributes:
        name: the encoder and file, for messages.
        model: its bytes.
        weights: bytes of the files that it keeps weights in, by the names it has for them.
    """

    name: str
    model: bytes
    weights: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphSession:
    """A loaded graph.

    Attributes:
        session: ONNX Runtime's own.
        provider: where it runs, by our name: ``"cuda"``, ``"directml"``, ``"coreml"``, ``"cpu"``.
        note: why it does not run on a more wanted provider; "" if it does.
        name: the encoder and file, for messages.
    """

    session: onnxruntime.InferenceSession
    provider: str
    note: str
    name: str

    def run(self, inputs: Arrays, outputs: Sequence[str]) -> list[npt.NDArray[Any]]:
        """Return the named outputs.

        A run that is not wanted any more, or has no end (a graph may have loops), is stopped.

        Raises:
            CancelledError: if the work that governs this thread is cancelled.
            EncoderPackageError: if the runtime fails, such as when it is out of memory, or takes
                more than two minutes.
        """
        with _Watch(governing_progress()) as watch:
            try:
                results: list[npt.NDArray[Any]] = self.session.run(
                    list(outputs), dict(inputs), watch.options
                )
            except RUNTIME_ERRORS as error:
                raise self._failure(watch, error) from error
        return results

    def _failure(self, watch: _Watch, error: Exception) -> SceneSearchError:
        if watch.cancelled:
            return CancelledError()
        if watch.too_long:
            return EncoderPackageError(
                f"{self.name} did not finish within {LONGEST_RUN:.0f} seconds",
                hint="Its graph may have a loop without end: get it again from its maker.",
            )
        return EncoderPackageError(
            f"{self.name} failed while running: {_first_line(error)}",
            hint="Close other programs if memory is short; use the CPU if a GPU is at fault.",
        )


class _Watch:
    """Stops a run of a graph that is cancelled or takes too long.

    Args:
        progress: of the work that the run is part of; None for none.

    Attributes:
        options: for the run.
        cancelled: whether it was stopped because the work is cancelled.
        too_long: whether it was stopped for taking too long.
    """

    def __init__(self, progress: Progress | None) -> None:
        self.options = onnxruntime.RunOptions()
        self.options.log_severity_level = 4  # failures come as exceptions
        self.cancelled = self.too_long = False
        self._progress = progress
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch-run", daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _look(self) -> None:
        end = time.monotonic() + LONGEST_RUN
        while not self._over.wait(_POLL_SECONDS):
            self.cancelled = self._progress is not None and self._progress.is_cancelled
            self.too_long = time.monotonic() > end
            if self.cancelled or self.too_long:
                self.options.terminate = True
                return


def available_threads() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def create_session(
    load: Callable[[str], GraphFile],
    role: str,
    candidates: Sequence[str],
    threads: int | None = None,
    without: Collection[str] = (),
) -> GraphSession:
    """Load a graph on the first provider that takes it and answers.

    Args:
        load: returns the ONNX file for a provider, since weights of another precision suit
            another processor.
        role: what the graph is for; its inputs and outputs are checked against the role.
        candidates: providers as ONNX Runtime names them, the most wanted first.
        threads: threads of one run; all processors this process may use if left out.
        without: outputs of the role that this graph need not have.

    Raises:
        EncoderPackageError: if no provider loads it, or it has other inputs or outputs.
    """
    notes: list[str] = []
    for provider in candidates:
        file = load(provider)
        name = file.name
        try:
            session = _open(file, provider, threads or available_threads())
            if session.get_providers()[0] != provider:
                raise RuntimeError("its driver or libraries are missing")
            _check_signature(session, role, name, without)
            if provider != CPU:
                _try_out(session, role)
        except RUNTIME_ERRORS as error:
            if provider == candidates[-1]:
                raise _unusable(name, error) from error
            notes.append(f"{short_name(provider)} does not work here: {_first_line(error)}")
            continue
        short = short_name(provider)
        note = f"{'; '.join(notes)}. Running on the {short.upper()}" if notes else ""
        return GraphSession(session, short, note, name)
    raise ValueError("no execution provider was given")


def _open(file: GraphFile, provider: str, threads: int) -> onnxruntime.InferenceSession:
    if provider not in onnxruntime.get_available_providers():
        raise RuntimeError("this onnxruntime was built without it")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # waiting threads would take the processors from those that read rasters
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # failures come as exceptions and are reported as such
    if provider == "DmlExecutionProvider":  # documented needs of DirectML
        options.enable_mem_pattern = False
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    if provider == "CUDAExecutionProvider":
        preload_cuda()
    chain = [provider] if provider == CPU else [provider, CPU]
    if file.weights:
        if not hasattr(options, "add_external_initializers_from_files_in_memory"):
            raise RuntimeError("weights outside the graph need a newer ONNX Runtime")
        names, contents = list(file.weights), list(file.weights.values())
        options.add_external_initializers_from_files_in_memory(
            names, contents, [len(content) for content in contents]
        )
    return onnxruntime.InferenceSession(file.model, sess_options=options, providers=chain)


def _check_signature(
    session: onnxruntime.InferenceSession, role: str, name: str, without: Collection[str]
) -> None:
    """Compare inputs and outputs with those of the role."""
    if role not in SIGNATURES:
        return
    for kind, wanted, found in (
        ("input", SIGNATURES[role][0], session.get_inputs()),
        ("output", SIGNATURES[role][1], session.get_outputs()),
    ):
        have = {item.name: (item.type, len(item.shape)) for item in found}
        needed = {key: value for key, value in wanted.items() if key not in without}
        lacking = [key for key, value in needed.items() if have.get(key) != value]
        extra = [key for key in have if kind == "input" and key not in wanted]
        if lacking or extra:
            expected = ", ".join(f"{k} {t} of rank {r}" for k, (t, r) in needed.items())
            raise EncoderPackageError(
                f"{name} does not have the {kind}s of a graph for {role}: expected {expected}",
                hint="Export the encoder again with this version.",
                found={key: list(value) for key, value in have.items()},
            )


def _try_out(session: onnxruntime.InferenceSession, role: str) -> None:
    """Run a graph once: some providers fail only then."""
    if role not in SIGNATURES:
        return
    inputs: dict[str, npt.NDArray[Any]] = {}
    for item in session.get_inputs():
        shape = [n if isinstance(n, int) and n > 0 else 2 for n in item.shape]
        dtype = np.int64 if item.type == "tensor(int64)" else np.float32
        inputs[item.name] = np.ones(shape, dtype)
    with _Watch(governing_progress()) as watch:
        session.run(None, inputs, watch.options)


def _unusable(name: str, error: Exception) -> EncoderPackageError:
    reason = _first_line(error)
    if "opset" in reason.lower() or "ir version" in reason.lower():
        return EncoderPackageError(
            f"{name} needs a newer ONNX Runtime than {onnxruntime.__version__}: {reason}",
            hint="Update the engine's environment, or export the encoder with an older opset.",
        )
    return EncoderPackageError(
        f"{name} is not a graph that ONNX Runtime {onnxruntime.__version__} can load: {reason}",
        hint="Export or import the encoder again.",
    )


def _first_line(error: Exception) -> str:
    """Return what an exception says, without error numbers and C++ function signatures."""
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    plain = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", lines[0])
    plain = re.sub(r"\S+\.(?:cc|cpp|cu|h):\d+ [^)]*\) ", "", plain)
    return plain.strip().rstrip(".")[:300]
