"""The whole of Scene Search once, through real QGIS: ``python tests/demo/run_demo.py demo``.

Generates sample imagery (or takes the user's), indexes it and searches it with
``qgis_process``, draws a map with QGIS, and writes what it measured to ``summary.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from demo_index import read_hits, read_tiles
from demo_queries import (
    RegionQuery,
    TextQuery,
    own_region,
    sample_region,
    text_queries,
    write_region,
)
from demo_truth import TOP, Place, Truth, chance, precision_at_10
from qgis_process import QgisProcessError, run_algorithm

SAMPLE_SIZE = 4096
SAMPLE_SEED = 7
#: More than are drawn, so that ten are left when those on the region itself are put aside.
LIMIT = 30
RENDER = Path(__file__).with_name("render_map.py")


class Demo:
    """One run of the demo.

    Args:
        folder: where everything goes.
        imagery: the user's imagery, or None for generated imagery.
        encoder: an encoder package, or None for the shipped one.
        size: side of the generated imagery in pixels.
    """

    def __init__(
        self, folder: Path, imagery: Path | None, encoder: Path | None, size: int = SAMPLE_SIZE
    ) -> None:
        self.folder = folder.absolute()
        self.imagery = imagery.absolute() if imagery else self.folder / "imagery"
        self.index = self.folder / "index.gpkg"
        self.truth: Truth | None = None
        self._own = imagery is not None
        self._encoder = encoder.absolute() if encoder else None
        self._size = size
        self._tiles: list[Place] = []
        self._classes: list[str | None] = []

    def run(self) -> dict[str, Any]:
        """Do everything and return the summary."""
        started = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clean()
        if not self._own:
            self._generate()
        summary = self._build()
        region, texts = self._choose()
        # Each query runs in a QGIS and an engine of its own, as qgis_process does it.
        summary["milliseconds_include"] = "loading the encoder"
        summary["queries"] = [self._search_region(region), *map(self._search_text, texts)]
        precisions = [q["precision_at_10"] for q in summary["queries"] if "precision_at_10" in q]
        if precisions:
            summary["precision_at_10"] = round(sum(precisions) / len(precisions), 3)
        self._draw(region, texts)
        summary["demo_seconds"] = round(time.monotonic() - started, 1)
        (self.folder / "summary.json").write_text(
            json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        return summary

    def _clean(self) -> None:
        """Take away what an earlier run left, so that all numbers are of this one."""
        for pattern in ("index.gpkg*", "*_hits.gpkg*", "region.gpkg", "report.*", "map.png"):
            for path in self.folder.glob(pattern):
                path.unlink()
        for name in ("summary.json", "demo.qgz"):
            (self.folder / name).unlink(missing_ok=True)

    def _generate(self) -> None:
        if (self.imagery / "truth.gpkg").is_file():
            say(f"Sample imagery: {self.imagery} is there already")
        else:
            say(f"Generating sample imagery of {self._size} pixels in {self.imagery}")
            shutil.rmtree(self.imagery, ignore_errors=True)
            command = [Path(sys.executable).with_name("scene-search"), "sample", self.imagery]
            options = ["--size", self._size, "--seed", SAMPLE_SEED]
            subprocess.run([str(part) for part in [*command, *options]], check=True)
        self.truth = Truth.read(self.imagery / "truth.gpkg")

    def _build(self) -> dict[str, Any]:
        say(f"Indexing {self.imagery}")
        run = run_algorithm(
            "scene_search:index",
            {
                "FOLDER": str(self.imagery),
                "INDEX": str(self.index),
                "REPORT": str(self.folder / "report.json"),
                **({"ENCODER": str(self._encoder)} if self._encoder else {}),
            },
        )
        report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        for problem in [*report["skipped"], *report["failed"]]:
            say(f"  skipped {problem['path']}: {problem['reason']}")
        say(
            f"  {report['tiles']:,} tiles of {report['sources']} images in "
            f"{report['seconds']:.1f} s, {report['tiles_per_second']:.0f} tiles/s, "
            f"{report['provider']}"
        )
        if not run.results["TILES"]:
            raise QgisProcessError(f"{self.imagery} holds no imagery that can be indexed")
        self._read_tiles()
        facts = ("tiles", "sources", "seconds", "tiles_per_second", "provider", "encoder")
        return {
            "imagery": str(self.imagery) if self._own else "generated",
            **{name: report[name] for name in facts if name in report},
            "skipped": report["skipped"],
            "failed": report["failed"],
        }

    def _read_tiles(self) -> None:
        self._tiles = read_tiles(self.index)
        if self.truth is not None:
            self._classes = [self.truth.class_of(tile) for tile in self._tiles]

    def _choose(self) -> tuple[RegionQuery, list[TextQuery]]:
        if self.truth is None:
            region = own_region(self.index)
        else:
            region = sample_region(self.truth, self._tiles)
        write_region(region, self.folder / "region.gpkg")
        return region, text_queries(self.truth)

    def _search_region(self, query: RegionQuery) -> dict[str, Any]:
        output = self.folder / "region_hits.gpkg"
        run = run_algorithm(
            "scene_search:search_by_region",
            {
                "INDEX": str(self.index),
                "REGIONS": str(self.folder / "region.gpkg"),
                "LIMIT": LIMIT,
                "OUTPUT": str(output),
            },
        )
        hits = read_hits(output)
        facts = self._measure(
            # What lies on the region itself is found without any skill, so it does not count.
            [hit for hit in hits if not hit.area.intersects(query.area)],
            query.scene_class,
        )
        return self._tell({"kind": "region", "of": query.name, **facts}, run.results)

    def _search_text(self, query: TextQuery) -> dict[str, Any]:
        output = self.folder / "text_hits.gpkg"
        run = run_algorithm(
            "scene_search:search_by_text",
            {
                "INDEX": str(self.index),
                "TEXT": query.text,
                "LIMIT": LIMIT,
                "OUTPUT": f"ogr:dbname='{output}' table=\"{query.layer}\" (geom)",
            },
        )
        facts = self._measure(read_hits(output, query.layer), query.scene_class)
        return self._tell({"kind": "text", "of": query.text, **facts}, run.results)

    def _measure(self, hits: list[Place], wanted: str | None) -> dict[str, Any]:
        if self.truth is None or wanted is None:
            return {}
        return {
            "class": wanted,
            "precision_at_10": precision_at_10([self.truth.class_of(hit) for hit in hits], wanted),
            "chance": round(chance(self._classes, wanted), 4),
        }

    def _tell(self, facts: dict[str, Any], results: Any) -> dict[str, Any]:
        facts |= {"hits": results["HITS"], "milliseconds": round(results["MILLISECONDS"], 2)}
        name = f"{facts['kind']} “{facts['of']}”" if facts["of"] else facts["kind"]
        line = f"  {name}: {facts['hits']} hits"
        if "precision_at_10" in facts:
            right = round(facts["precision_at_10"] * TOP)
            line += f", {right} of the first {TOP} right (by chance {facts['chance'] * TOP:.1f})"
        say(f"{line}, {facts['milliseconds']:.1f} ms")
        return facts

    def _draw(self, region: RegionQuery, texts: list[TextQuery]) -> None:
        say("Drawing the map")
        order = {
            "imagery": str(self.imagery),
            "region": str(self.folder / "region.gpkg"),
            "region_title": region.name,
            "region_hits": str(self.folder / "region_hits.gpkg"),
            "text_hits": str(self.folder / "text_hits.gpkg"),
            "texts": [{"text": query.text, "layer": query.layer} for query in texts],
            "index": str(self.index),
            "picture": str(self.folder / "map.png"),
            "project": str(self.folder / "demo.qgz"),
        }
        subprocess.run(
            ["/usr/bin/python3", str(RENDER)],
            input=json.dumps(order),
            text=True,
            check=True,
        )


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, flush=True)


def main() -> int:
    """Run the demo and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where everything goes")
    parser.add_argument("--imagery", type=Path, help="index this folder instead of a sample")
    parser.add_argument("--encoder", type=Path, help="an encoder package instead of the shipped")
    parser.add_argument("--size", type=int, default=SAMPLE_SIZE, help="pixels of the sample")
    arguments = parser.parse_args()
    demo = Demo(arguments.folder, arguments.imagery, arguments.encoder, arguments.size)
    try:
        summary = demo.run()
    except (QgisProcessError, subprocess.CalledProcessError) as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    say(f"Done in {summary['demo_seconds']:.0f} s. Look at {demo.folder / 'map.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
