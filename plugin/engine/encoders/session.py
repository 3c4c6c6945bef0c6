"""ONNX Runtime sessions of a package's graphs, on the fastest provider that works."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as native

from ..errors import EncoderPackageError
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

        Raises:
            EncoderPackageError: if the runtime fails, such as when it is out of memory.
        """
        try:
            results: list[npt.NDArray[Any]] = self.session.run(list(outputs), dict(inputs))
        except RUNTIME_ERRORS as error:
            raise EncoderPackageError(
                f"{self.name} failed while running: {_first_line(error)}",
                hint="Close other programs if memory is short; use the CPU if a GPU is at fault.",
            ) from error
        return results


def available_threads() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def create_session(
    load: Callable[[str], tuple[str, bytes]],
    role: str,
    candidates: Sequence[str],
    threads: int | None = None,
    without: Collection[str] = (),
) -> GraphSession:
    """Load a graph on the first provider that takes it and answers.

    Args:
        load: returns the name (for messages) and bytes of the ONNX file for a provider, since
            weights of another precision suit another processor.
        role: what the graph is for; its inputs and outputs are checked against the role.
        candidates: providers as ONNX Runtime names them, the most wanted first.
        threads: threads of one run; all processors this process may use if left out.
        without: outputs of the role that this graph need not have.

    Raises:
        EncoderPackageError: if no provider loads it, or it has other inputs or outputs.
    """
    notes: list[str] = []
    for provider in candidates:
        name, model = load(provider)
        try:
            session = _open(model, provider, threads or available_threads())
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


def _open(model: bytes, provider: str, threads: int) -> onnxruntime.InferenceSession:
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
    return onnxruntime.InferenceSession(model, sess_options=options, providers=chain)


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
    session.run(None, inputs)


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
