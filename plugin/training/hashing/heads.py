"""The last step of an image hashing system: settled statistics, then its heads alone.

The hash heads are trained together with the backbone, whose features move under them until the
end, and are seen there through batch statistics and crops. On AID at 150 px such heads reached a
mAP of 83.9 / 87.7 / 91.6 at 16 / 32 / 64 bits where the features themselves reached 95.1. Trained
anew by the same losses on what the finished backbone makes of whole images, they keep nearly all
of it. The losses and their weights are the system's own; that the heads come last is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)
from torch.nn.modules.batchnorm import _BatchNorm

from ..data.visual_graph import Visual, visual_graph
from ..data.whole_images import whole_batches
from ..systems.multilevel_hashing import MultilevelHashing
from ..towers.hash_head import HashHead

#: Images that settle the statistics.
_SETTLING = 2048
#: The heads' training: passes over the images, but at most so many steps, and images a step.
_PASSES, _STEPS, _BATCH = 200, 2000, 192

Pixels = npt.NDArray[np.uint8]
Told = Callable[[str], None]


def finish_heads(
    system: MultilevelHashing,
    pixels: Pixels,
    labels: Sequence[int],
    input_size: int,
    seed: int,
    told: Told = lambda _line: None,
) -> None:
    """Settle the batch normalisation's statistics and train the hash heads anew, in place.

    Args:
        system: trained; it is left in evaluation mode.
        pixels: training images, uint8 (N, S, S, 3).
        labels: class number of each.
        input_size: side of the images as the exported graph sees them, pixels.
        seed: of order and new heads.
        told: gets a line now and then.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    system.eval()
    settle_statistics(system, _whole(system, pixels[_spread(len(pixels), rng)], input_size))
    told("heads: statistics settled")
    # two views, as in the two branches: whole images, and these transposed, which an overhead
    # scene survives
    views = []
    visual: Visual = lambda batch: (F.normalize(system.image_tower(batch).float(), dim=1),)  # noqa: E731
    if system.device.type == "cpu":
        visual = visual_graph(system, visual, input_size)
    with torch.no_grad():
        for turned in (pixels, pixels.transpose(0, 2, 1, 3)):
            seen = [visual(batch)[0].cpu() for batch in _whole(system, turned, input_size)]
            views.append(torch.cat(seen))
            told(f"heads: {len(views)} of 2 views seen")
    fit_heads(system.cpu(), views, labels, rng, told)


def fit_heads(
    system: MultilevelHashing,
    views: Sequence[Tensor],
    labels: Sequence[int],
    rng: np.random.Generator,
    told: Told = lambda _line: None,
) -> None:
    """Train every hash head anew on features that stay as they are, in place.

    Args:
        system: on the CPU.
        views: unit-length features (N, D) of one view of each image, and of another.
        labels: class number of each image.
        rng: of the order.
        told: gets a line for every head.
    """
    for bits in system.hash_heads:
        head = HashHead(views[0].shape[1], int(bits))
        _fit(system, head, views, torch.as_tensor(labels), rng)
        system.hash_heads[bits] = head.eval()
        told(f"heads: {bits} bits trained")


@torch.no_grad()
def settle_statistics(system: MultilevelHashing, batches: Iterator[Tensor]) -> None:
    """Replace running means and variances by those over all batches.

    Running statistics are of augmented crops of a smaller size, and of the last batches only.
    Layers that were frozen keep theirs.

    Args:
        system: left in evaluation mode.
        batches: normalised pixels (N, 3, S, S) as an index is made of.
    """
    system.train()
    layers = [m for m in system.image_tower.modules() if isinstance(m, _BatchNorm) and m.training]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the mean over all batches
    for batch in batches:
        if len(batch) > 1:
            system.image_tower(batch)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    system.eval()


def _whole(system: MultilevelHashing, pixels: Pixels, size: int) -> Iterator[Tensor]:
    """Yield normalised batches of whole images."""
    for images in whole_batches(pixels, size, system.device):
        yield (images - system.mean) / system.std


def _spread(count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return np.sort(rng.permutation(count)[:_SETTLING])


def _fit(
    system: MultilevelHashing,
    head: HashHead,
    views: Sequence[Tensor],
    labels: Tensor,
    rng: np.random.Generator,
) -> None:
    """Train a head by the system's code losses on features (N, D) of two views."""
    weights = asdict(system.weights)
    rate = system.schedule.heads
    optimizer = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.01)
    size = min(_BATCH, len(labels))
    steps = min(_STEPS, _PASSES * -(-len(labels) // size))
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    order: list[int] = []
    for _ in range(steps):
        if len(order) < size:
            order = rng.permutation(len(labels)).tolist()
        rows, order = torch.tensor(order[:size]), order[size:]
        relaxed = head(torch.cat([view[rows] for view in views]))
        parts = system.code_losses(relaxed, labels[rows])
        loss = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        cycle.step()
