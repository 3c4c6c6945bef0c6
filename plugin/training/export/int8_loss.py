"""What eight-bit weights cost on a benchmark, as an analyst's engine would run the package."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...engine.encoders.encoder import Encoder
from ...engine.encoders.package.package import EncoderPackage
from ..measure import BENCHMARKS, headline
from .parity import ParityError

#: Points of mAP or mean recall that an int8 package may lose at most.
INT8_LOSS = 0.5

Results = Sequence[Mapping[str, Any]]
Write = Callable[[str, Path, Results], Path]


def measured_results(
    write: Write, benchmark: str, data: Path, precisions: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Return what a package of each precision reaches on a benchmark.

    Args:
        write: writes the package of a precision to a folder.
        benchmark: which one, see ``measure``.
        data: the data folder.
        precisions: to measure, the one that loses nothing first.

    Raises:
        ParityError: if one of them loses more than ``INT8_LOSS`` to the first.
    """
    found: list[Mapping[str, Any]] = []
    for precision in precisions:
        with tempfile.TemporaryDirectory() as folder:
            package = EncoderPackage.load(write(precision, Path(folder) / "package", []))
            found.append(BENCHMARKS[benchmark].measure(Encoder(package), precision, data))
        lost = headline(found[0]) - headline(found[-1])
        if not lost <= INT8_LOSS:
            raise ParityError(
                f"the {precision} package loses {lost:.2f} points on {benchmark}, more than "
                f"{INT8_LOSS}: {found[0]['summary']} became {found[-1]['summary']}"
            )
    return found
