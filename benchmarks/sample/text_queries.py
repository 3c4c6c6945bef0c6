"""Precision@10 of one description for each class of the sample imagery.

The demo asks for three classes; this asks for all, so that weak ones show. The encoder was
trained on scenes from the same generator (other seeds, single scenes), so the figures say how
well the parts work together, not how real imagery fares.

Run ``python benchmarks/sample/text_queries.py FOLDER``: sample imagery and an index are made in
the folder unless they are there.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import shapely
from scene_search import paths
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing.index_imagery import index_imagery
from scene_search.engine.indexing.options import IndexOptions
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search
from scene_search.engine.sample import write_sample
from scene_search.engine.sample.writer import DEFAULT_SIZE

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.demo.demo_truth import Place, Truth, precision_at_10

#: Written down before any result was seen.
DESCRIPTIONS = {
    "agricultural": "farmland with rows of crops",
    "airplane": "airplanes parked on the apron of an airport",
    "baseballdiamond": "a baseball diamond",
    "beach": "a sandy beach with waves",
    "buildings": "large commercial buildings with flat roofs",
    "chaparral": "chaparral with scattered bushes on sand",
    "denseresidential": "a dense residential area",
    "forest": "a dense forest with many trees",
    "freeway": "a freeway with cars",
    "golfcourse": "a golf course with bunkers",
    "harbor": "boats in a harbor",
    "intersection": "a road intersection",
    "mediumresidential": "a medium residential area with houses and gardens",
    "mobilehomepark": "a mobile home park",
    "overpass": "an overpass crossing a freeway",
    "parkinglot": "cars in a parking lot",
    "river": "a river with trees on the banks",
    "runway": "a runway of an airport",
    "sparseresidential": "a sparse residential area with a house among trees",
    "storagetanks": "storage tanks",
    "tenniscourt": "tennis courts",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=DEFAULT_SIZE, help="of the largest raster")
    options = parser.parse_args()
    folder = options.folder
    imagery, file = folder / "imagery", folder / "index.gpkg"
    encoder = Encoder(EncoderPackage.load(paths.default_encoder()))
    if not (imagery / "truth.gpkg").is_file():
        write_sample(imagery, options.size)
    if not file.is_file():
        index_imagery([imagery], file, encoder, IndexOptions())
    truth = Truth.read(imagery / "truth.gpkg")
    found = {}
    with TileIndex.open(file, read_only=True) as index:
        for scene_class, text in DESCRIPTIONS.items():
            hits = search(index, encoder, Query(texts=(text,), limit=10)).hits
            shown = [
                truth.class_of(
                    Place(shapely.from_geojson(json.dumps(hit.geometry)), Path(hit.source).name)
                )
                for hit in hits
            ]
            found[scene_class] = precision_at_10(shown, scene_class)
            print(f"{scene_class:18} {found[scene_class]:.1f}  {text}")
    print(f"{'mean':18} {sum(found.values()) / len(found):.3f}")


if __name__ == "__main__":
    main()
