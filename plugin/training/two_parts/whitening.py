"""The look: statistics of a feature map, whitened, with what dates change played down.

Principal directions of unlabelled pictures at equal variance say what tells pictures apart.
Pictures of one place at other dates say which of that is light, season and parked cars: directions
are weighted by how little they differ within a place (within-class covariance normalisation).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .graphs import Linear

Array = npt.NDArray[np.floating]

#: Share of an even covariance that the one within places is mixed with: there are few places.
_SHRINK = 0.2
#: Directions whose variance is less than this share of the largest are noise.
_LEAST = 1e-8


def fit_look(
    unlabelled: Array, of_places: Array, places: npt.NDArray[np.generic], numbers: int, most: int
) -> Linear:
    """Return the layer from statistics to the look, before it is brought to unit length.

    Args:
        unlabelled: (N, S), statistics of pictures of any kind.
        of_places: (P, S), of pictures of places at several dates.
        places: (P,), the place of each.
        numbers: L, of the look: those directions that differ least within a place.
        most: principal directions that are looked at.

    Raises:
        ValueError: there are fewer directions than ``numbers``.
    """
    mean = unlabelled.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((unlabelled - mean).T.astype(np.float64)))
    variances, directions = variances[::-1], directions[:, ::-1]
    count = min(most, int((variances > variances[0] * _LEAST).sum()))
    if count < numbers:
        raise ValueError(f"{count} directions do not give a look of {numbers} numbers")
    white = directions[:, :count] / np.sqrt(variances[:count])
    within = np.concatenate(
        [
            of_places[own] - of_places[own].mean(axis=0)
            for place in np.unique(places)
            if (own := places == place).sum() > 1
        ]
    )
    spread = np.cov((within @ white).T, bias=True)
    spread = (1 - _SHRINK) * spread + _SHRINK * np.trace(spread) / count * np.eye(count)
    differing, turned = np.linalg.eigh(spread)  # the least first
    weight = (white @ turned / np.sqrt(differing))[:, :numbers]
    return Linear(weight.astype(np.float32), (-mean @ weight).astype(np.float32))
