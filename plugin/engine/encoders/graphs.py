"""The graphs of an encoder package as sessions, loaded when first needed."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from ..errors import EncoderPackageError
from .external_data import external_files
from .package.package import EncoderPackage
from .providers import CPU, choose_provider
from .session import GraphFile, GraphSession, create_session

#: Which weights to use where a package has several: int8 is twice as fast on CPUs only.
_PRECISIONS = {"cpu": ("int8", "fp32", "fp16"), "gpu": ("fp32", "fp16", "int8")}

#: What to tell a user whose encoder lacks a part: what it cannot do, and what to do instead.
_MISSING = {
    "text": (
        "does not understand text",
        "Search by region or image, or use an encoder with a text part.",
    ),
    "context": (
        "does not know when, where and by what an image was taken",
        "Search without context, or use an encoder with a context part.",
    ),
    "fusion": (
        "has no fusion part to re-rank with",
        "Search without re-ranking, or use an encoder with a fusion part.",
    ),
}


class EncoderGraphs:
    """Safe to use from several threads.

    Args:
        package: what to run.
        threads: threads of one run; all processors this process may use if left out.
        provider: see ``Encoder``.
        precision: weights to use where the package has several; chosen to suit the provider if
            left out.

    Attributes:
        package: as given.
        files: file of each role that has been loaded.
        note: why no graphics card is used though there is one; "" if none is lost.
    """

    def __init__(
        self,
        package: EncoderPackage,
        threads: int | None,
        provider: str,
        precision: str | None,
    ) -> None:
        self.package = package
        self.files: dict[str, str] = {}
        self._threads = threads
        self._choice = choose_provider(provider)
        self.note = self._choice.note
        self._precision = precision
        self._lock = threading.Lock()
        self._sessions: dict[str, GraphSession] = {}

    def __contains__(self, role: str) -> bool:
        return role in self.package.roles

    def __getitem__(self, role: str) -> GraphSession:
        """Return the session of a role.

        Graphs that run once a query are too small to gain from a graphics card and stay on the CPU.

        Raises:
            EncoderPackageError: if there is none, or it cannot be run.
        """
        with self._lock:
            if role not in self._sessions:
                candidates = self._choice.candidates if role in ("image", "fusion") else (CPU,)
                # codes of two parts are made of both, by the hash part
                without = ("code",) if self.package.layout.two_parts and role != "hash" else ()
                self._sessions[role] = create_session(
                    lambda provider: self._read(role, provider),
                    role,
                    candidates,
                    self._threads,
                    without,
                )
            return self._sessions[role]

    def require(self, role: str) -> None:
        """Check that the encoder has a part, before work that needs it.

        Raises:
            EncoderPackageError: if it has not.
        """
        if role in _MISSING and role not in self:
            cannot, instead = _MISSING[role]
            raise EncoderPackageError(f"The encoder {self.package.name} {cannot}", hint=instead)
        self.package.graph(role, ())

    def check_shape(self, array: npt.NDArray[np.generic], shape: tuple[int, ...]) -> None:
        """Check that an output has the shape that the package's card tells.

        Raises:
            EncoderPackageError: if it has another.
        """
        if array.shape != shape:
            raise EncoderPackageError(
                f"The encoder {self.package.name} gave an output of shape {array.shape}, its card "
                f"says {shape}",
                hint="Export the encoder again.",
            )

    def _read(self, role: str, provider: str) -> GraphFile:
        """Return the file of a role whose precision suits a provider, with what it refers to.

        Raises:
            EncoderPackageError: it is damaged, or refers to a file that the card does not vouch
                for: one that happens to lie somewhere would decide the embeddings.
        """
        suited = _PRECISIONS["cpu" if provider == CPU else "gpu"]
        file = self.package.graph(role, (self._precision, *suited) if self._precision else suited)
        self.files[role] = file
        name = f"{file} of the encoder {self.package.name}"
        model = self.package.read(file)
        try:
            external = external_files(model)
        except ValueError as error:
            raise EncoderPackageError(
                f"{name} is not a graph that can be read: {error}",
                hint="Export or import the encoder again.",
            ) from error
        for other in external:
            if not other.replaceable or other.name not in self.package.weights:
                raise EncoderPackageError(
                    f"{name} keeps weights in {other.name!r}, which its card does not vouch for",
                    hint="Do not use this package. Its maker can save each graph as one file.",
                )
        return GraphFile(name, model, {o.name: self.package.read(o.name) for o in external})
