"""The hashing benchmark on classes that training left out.

A benchmark whose classes an encoder was trained on says little of an analyst's own: these ones
training must not have seen. The list says which classes, and which images ask which.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....strict_json import decode
from ...encoders.encoder import Encoder
from ...encoders.package.card_format import PREFIX
from ...errors import UsageError
from ...progress import Progress
from ..hashing.benchmark import encode_lists
from ..hashing.measure import measure_hashing
from ..image_lists import class_of
from ..rankings import SHORTLIST

#: Property of a card: classes that its training left out, as ``dataset/class``.
LEFT_OUT = PREFIX + "left_out_classes"


@dataclass(frozen=True, slots=True)
class HeldOutClasses:
    """Which classes are left out, and which of their images ask which.

    Attributes:
        dataset: whose classes they are, such as ``"AID"``.
        classes: names of the folders.
        queries: images that ask, relative to the image folder.
        database: images that may be found.
    """

    dataset: str
    classes: tuple[str, ...]
    queries: tuple[str, ...]
    database: tuple[str, ...]

    @property
    def qualified(self) -> frozenset[str]:
        """The classes as cards name them."""
        return frozenset(f"{self.dataset}/{name}".lower() for name in self.classes)


def read_held_out(path: Path) -> HeldOutClasses:
    """Read a list of left-out classes, a JSON object of the attributes of ``HeldOutClasses``.

    Raises:
        UsageError: it is missing, of another form, or names images of other classes.
    """
    try:
        content = decode(path.read_text(encoding="utf-8-sig"))
        found = HeldOutClasses(
            str(content["dataset"]),
            *(
                tuple(str(name) for name in content[key])
                for key in ("classes", "queries", "database")
            ),
        )
    except OSError as error:
        raise UsageError(
            f"The list {path} cannot be read: {error.strerror or error}", hint="Check --hold-out."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no list of left-out classes: {type(error).__name__} {error}",
            hint='It must be a JSON object with "dataset", "classes", "queries" and "database".',
        ) from error
    named = {class_of(name) for name in (*found.queries, *found.database)}
    if named != set(found.classes):
        odd = ", ".join(sorted(named ^ set(found.classes)))
        raise UsageError(
            f"Classes and images of {path} do not fit: {odd}",
            hint="Every class needs images, and every image one of the classes as its folder.",
        )
    return found


def evaluate_classes(
    encoder: Encoder,
    images_dir: str | Path,
    held_out: str | Path,
    bits: int | None = None,
    progress: Progress | None = None,
    *,
    shortlist: int = SHORTLIST,
) -> dict[str, Any]:
    """Measure how well images of classes that training left out find their like.

    Args:
        encoder: what is measured.
        images_dir: folder of the images.
        held_out: list for ``read_held_out``.
        bits: first bits of the code that are used; all if left out.
        progress: told the images done; can cancel.
        shortlist: images re-ranked by embedding in the pipeline's ranking.

    Returns:
        The object of ``hashing.evaluate_hashing``, and ``left_out``: whether the encoder's card
        says that its training left the classes out; None where it says nothing, which is to be
        read as no.

    Raises:
        UsageError: the list or images missing, or more bits than the code has.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    chosen = read_held_out(Path(held_out))
    benchmark = encode_lists(
        encoder, Path(images_dir), chosen.database, chosen.queries, bits, progress
    )
    said = encoder.package.card["properties"].get(LEFT_OUT)
    left_out = None if said is None else chosen.qualified <= {str(name).lower() for name in said}
    return {
        **measure_hashing(encoder, benchmark, shortlist),
        "benchmark": "classes",
        "dataset": chosen.dataset,
        "class_names": list(chosen.classes),
        "left_out": left_out,
    }
