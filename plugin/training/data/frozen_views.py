"""What a frozen backbone makes of augmented views, computed once and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...engine.staging import staging_folder

#: From uint8 images (N, 3, H, W) and a branch to the tensors that are kept, (N, …) each.
View = Callable[[Tensor, int], tuple[Tensor, ...]]

_AT_ONCE = 64


class FrozenViews:
    """Several augmented views of every image as a frozen backbone sees them, in float16.

    A training step then costs what stands on the backbone only. The price: an image has
    ``views`` views instead of endlessly many.

    Args:
        branches: for each branch of the system its arrays (views, N, …).
    """

    def __init__(self, branches: Sequence[Sequence[npt.NDArray[np.float16]]]) -> None:
        self.branches = branches

    def draw(
        self, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[tuple[Tensor, ...], ...]:
        """Return float32 tensors of one random view of every row, for every branch."""
        drawn = []
        for arrays in self.branches:
            view = rng.integers(len(arrays[0]), size=len(rows))
            drawn.append(
                tuple(
                    torch.from_numpy(
                        np.stack([array[v, row] for v, row in zip(view, rows, strict=True)])
                    ).float()
                    for array in arrays
                )
            )
        return tuple(drawn)


def frozen_views(
    see: View,
    pixels: npt.NDArray[np.uint8],
    *,
    views: int,
    branches: int,
    seed: int,
    key: str,
    cache: Path,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> FrozenViews:
    """Return the views of images, from the cache where they are kept there.

    Args:
        see: augmentation and backbone, in evaluation mode.
        pixels: uint8 (N, S, S, 3).
        views: for each image.
        branches: of the system.
        seed: of the augmentation.
        key: whatever decides the result beside the pixels: weights, sizes, kind of system.
        cache: folder.
        told: called with images done and in all.
    """
    digest = hashlib.sha256(f"{key}|{views}|{branches}|{seed}|{pixels.shape}".encode())
    digest.update(np.ascontiguousarray(pixels[:: max(1, len(pixels) // 64)]).tobytes())
    folder = cache / f"views-{digest.hexdigest()[:16]}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with staging_folder(cache) as staging:
            partial = staging / "views"
            partial.mkdir()
            for branch in range(branches):
                _write_branch(see, pixels, views, branch, branches, seed, partial, told)
            partial.rename(folder)
    kept = []
    for branch in range(branches):
        files = sorted(folder.glob(f"{branch}-*.npy"))
        kept.append([np.load(file, mmap_mode="r") for file in files])
    return FrozenViews(kept)


@torch.no_grad()
def _write_branch(
    see: View,
    pixels: npt.NDArray[np.uint8],
    views: int,
    branch: int,
    branches: int,
    seed: int,
    folder: Path,
    told: Callable[[int, int], None],
) -> None:
    arrays: list[npt.NDArray[np.float16]] = []
    total = branches * views * len(pixels)
    for view in range(views):
        for start in range(0, len(pixels), _AT_ONCE):
            # reproducible whatever was drawn before
            torch.manual_seed(hash((seed, branch, view, start)) % 2**31)
            batch = np.ascontiguousarray(pixels[start : start + _AT_ONCE])
            seen = see(torch.from_numpy(batch).permute(0, 3, 1, 2), branch)
            if not arrays:
                arrays = [
                    np.lib.format.open_memmap(
                        folder / f"{branch}-{i}.npy",
                        mode="w+",
                        dtype=np.float16,
                        shape=(views, len(pixels), *tensor.shape[1:]),
                    )
                    for i, tensor in enumerate(seen)
                ]
            for array, tensor in zip(arrays, seen, strict=True):
                array[view, start : start + len(batch)] = tensor.to(torch.float16).cpu().numpy()
            told((branch * views + view) * len(pixels) + start + len(batch), total)
    for array in arrays:
        array.flush()  # type: ignore[attr-defined]  # a memmap, which the stubs forget
