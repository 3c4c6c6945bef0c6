"""RSHST: a tree of scene classes, from broad kinds of land down to the classes of a data set.

Of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421). A reconstruction: the
paper's tree is not public. The classes of UC Merced, AID and the generated scenes have a tree
written by hand; any others are clustered by the encodings of their names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

#: Levels below the root; the last one holds the classes.
LEVELS = 3

#: Kind → group → classes, by their names in UC Merced and AID, lower case letters only.
_CURATED: dict[str, dict[str, str]] = {
    "built-up": {
        "residential": "denseresidential mediumresidential sparseresidential mobilehomepark resort",
        "public and commercial": "buildings commercial center church school square",
        "industrial": "industrial storagetanks",
    },
    "transport": {
        "air transport": "airplane airport runway",
        "road transport": "freeway intersection overpass viaduct bridge parkinglot parking",
        "rail transport": "railwaystation",
        "water transport": "harbor port",
    },
    "recreation": {
        "sports grounds": "baseballdiamond baseballfield tenniscourt playground stadium",
        "green space": "golfcourse park",
    },
    "agriculture": {"cropland": "agricultural farmland"},
    "nature": {
        "vegetation": "forest chaparral meadow",
        "bare ground": "bareland desert mountain",
        "water": "river pond beach",
    },
}
_PLACE = {
    name: (kind, group)
    for kind, groups in _CURATED.items()
    for group, names in groups.items()
    for name in names.split()
}

Embed = Callable[[Sequence[str]], npt.NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class SceneTree:
    """Where each class of a data set hangs.

    Attributes:
        paths: for every class, in the order of their numbers, the names from below the root down
            to the class; all of one length.
    """

    paths: tuple[tuple[str, ...], ...]

    @property
    def levels(self) -> int:
        """Depth D of the classes; the root has depth 0."""
        return len(self.paths[0]) if self.paths else LEVELS

    def lca_depth(self) -> npt.NDArray[np.int64]:
        """Return the depth (C, C) of every two classes' lowest common ancestor, 0 to D."""
        depth = np.zeros((len(self.paths), len(self.paths)), np.int64)
        shared = np.ones_like(depth, dtype=bool)
        for level in range(self.levels):
            names = np.array([path[level] for path in self.paths])
            shared &= names[:, None] == names[None, :]
            depth += shared
        return depth


def scene_tree(classes: Sequence[str], embed: Embed) -> SceneTree:
    """Return the tree of a data set's classes.

    Args:
        classes: distinct names, as ``"denseresidential"``, ``"DenseResidential"`` or
            ``"ucmd/denseresidential"``.
        embed: returns vectors (C, W) of texts; called only if a class is not in the tree written
            by hand, in which case all of them are clustered.
    """
    if all(_key(name) in _PLACE for name in classes):
        return SceneTree(tuple((*_PLACE[_key(name)], name) for name in classes))
    return clustered_tree(classes, embed([_words(name) for name in classes]))


def clustered_tree(classes: Sequence[str], vectors: npt.NDArray[np.floating]) -> SceneTree:
    """Return a tree by average linkage over cosine distances.

    C classes are cut into about C^⅓ branches and C^⅔ below those, so that every node has about
    equally many children. Both cuts are of one dendrogram: branches never cross.

    Args:
        classes: distinct names.
        vectors: (C, W) of the names, none of them zero.
    """
    count = len(classes)
    if count < 2:
        return SceneTree(tuple((name,) * LEVELS for name in classes))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    # of unit vectors, as the squared Euclidean distance orders pairs as the cosine does
    dendrogram = linkage(np.asarray(unit, np.float64), method="average", metric="sqeuclidean")
    levels = []
    for level in range(1, LEVELS):
        wanted = math.ceil(count ** (level / LEVELS))
        member = fcluster(dendrogram, wanted, criterion="maxclust")
        levels.append([_name(classes, unit, member == number) for number in member])
    return SceneTree(tuple(zip(*levels, classes, strict=True)))


def _name(
    classes: Sequence[str], unit: npt.NDArray[np.floating], inside: npt.NDArray[np.bool_]
) -> str:
    """Return the name of a cluster: that of its most central class, and how many it stands for."""
    rows = np.flatnonzero(inside)
    central = int(rows[np.argmax(unit[rows] @ unit[rows].sum(0))])
    if len(rows) == 1:
        return classes[central]
    return f"{classes[central]} and {len(rows) - 1} like it"


def _key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.rpartition("/")[2].lower())


def _words(name: str) -> str:
    """Return a class's name as words: ``"DenseResidential"`` is ``"dense residential"``."""
    bare = re.sub(r"[_\-]+", " ", name.rpartition("/")[2])
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).lower().split())
