"""Generated scenes as a caption data set and as one raster, for systems trained in small."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from PIL import Image
from rasterio.transform import from_origin
from rasterio.warp import transform
from scene_search.engine.sample import captions, paint_scene

#: Classes, each with a description as the captions are.
SCENES = {
    "agricultural": "This is a green field with crops",
    "beach": "There is a white sand beach beside the sea",
    "forest": "This is a dense forest with lots of dark green trees",
    "harbor": "There are lots of boats at the harbor",
    "parkinglot": "This is a parking lot with lots of cars",
    "runway": "It is a straight runway with some mark lines on it",
}
#: Pixels of a picture, and metres of one of them.
SIZE, GSD = 64, 1.2
#: Pictures of each class to learn from, by split of the caption file.
SPLITS = {"train": 20}
#: Tiles of each class in the landscape; a hit at random is right one time in six.
TILES = 4
CHANCE = 1 / len(SCENES)

_LEFT, _TOP, _CRS = 500_000.0, 5_500_000.0, "EPSG:32631"
_NAMES = list(SCENES)


def write_scenes(folder: Path) -> None:
    """Write class folders of pictures, with a caption file in Karpathy's layout."""
    entries = []
    splits = [name for name, count in SPLITS.items() for _ in range(count)]
    for scene in SCENES:
        (folder / scene).mkdir()
        for i, split in enumerate(splits):
            name = f"{scene}{i:02d}.png"
            Image.fromarray(paint_scene(scene, 500 + i, SIZE, GSD)).save(folder / scene / name)
            entries.append(
                {
                    "filepath": scene,
                    "filename": name,
                    "split": split,
                    "sentences": [{"raw": own} for own in captions(scene, 500 + i, SIZE, GSD)],
                }
            )
    (folder / "captions.json").write_text(json.dumps({"images": entries}))


def write_landscape(path: Path, taken: str = "2024:07:14 10:30:00") -> None:
    """Write a georeferenced raster of other scenes, ``TILES`` of each class."""
    picture = np.concatenate(
        [
            np.concatenate([paint_scene(c, 900 + row, SIZE, GSD) for c in _row(row)], axis=1)
            for row in range(TILES)
        ]
    )
    height, width, bands = picture.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=bands,
        dtype="uint8",
        crs=_CRS,
        transform=from_origin(_LEFT, _TOP, GSD, GSD),
        photometric="RGB",
    ) as file:
        file.write(picture.transpose(2, 0, 1))
        file.update_tags(TIFFTAG_DATETIME=taken)


def class_of(hit: Mapping[str, Any]) -> str:
    """Return the class of the landscape's cell that a hit lies in."""
    ring = np.array(hit["geometry"]["coordinates"][0][:-1])
    x, y = transform("EPSG:4326", _CRS, [ring[:, 0].mean()], [ring[:, 1].mean()])
    side = SIZE * GSD
    return _row(int((_TOP - y[0]) / side))[int((x[0] - _LEFT) / side)]


def precision(hits: Iterable[Mapping[str, Any]], scene: str) -> float:
    """Return the share of hits that show a class."""
    return float(np.mean([class_of(hit) == scene for hit in hits]))


def _row(number: int) -> list[str]:
    """Return the classes of a row, every row another order."""
    return _NAMES[number:] + _NAMES[:number]
