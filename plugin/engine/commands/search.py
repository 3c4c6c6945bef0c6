"""``scene-search search``: find the tiles most like descriptions, regions, tiles and images."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...hit_limits import DEFAULT_HITS, MAX_HITS
from ...source_files import names
from ..errors import UsageError
from ..progress import Progress
from .options import number_range, positive
from .table import aligned

HELP = "find the tiles most like descriptions, regions, tiles or images"


class _RegionOption(argparse.Action):
    """Collects ``--region`` with the ``--crs`` and ``--source`` that follow it.

    Before any region they hold for all regions that have none of their own.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        regions: list[dict[str, Any]] = list(namespace.regions or [])
        if self.dest == "regions":
            regions.append({"wkt": values})
            namespace.regions = regions
        elif regions:
            key = self.dest.removeprefix("region_")
            if key in regions[-1]:
                parser.error(f"{option_string} is given twice for one region")
            regions[-1] = {**regions[-1], key: values}
            namespace.regions = regions
        else:
            setattr(namespace, self.dest, values)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--index", metavar="FILE.gpkg", type=Path, required=True, help="the index to search"
    )
    example = parser.add_argument_group(
        "what to look for", "Each may be given several times; they are combined."
    )
    example.add_argument(
        "--text", dest="texts", metavar="T", action="append", default=[], help="a description"
    )
    example.add_argument(
        "--region",
        dest="regions",
        metavar="WKT",
        action=_RegionOption,
        help="a point or polygon on the imagery",
    )
    example.add_argument(
        "--crs",
        dest="region_crs",
        metavar="EPSG:N",
        action=_RegionOption,
        help="CRS of the region before it (default: WGS 84, longitude first)",
    )
    example.add_argument(
        "--source",
        dest="region_source",
        metavar="RASTER",
        type=names.given,
        action=_RegionOption,
        help="raster that the region before it shows (default: the best indexed one there)",
    )
    example.add_argument(
        "--tile", dest="tiles", metavar="ID", type=int, action="append", default=[], help="a tile"
    )
    example.add_argument(
        "--image",
        dest="images",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="an image file, with or without a position",
    )
    example.add_argument(
        "--not-tile",
        dest="not_tiles",
        metavar="ID",
        type=int,
        action="append",
        default=[],
        help="a tile that hits should not resemble",
    )
    _add_filters(parser)
    parser.add_argument(
        "--likeness",
        metavar="0…1",
        type=float,
        help="how much the meaning of examples counts beside their look: 1 finds the same kind of "
        "scene, 0 what looks the same, such as one place at other dates (default: the encoder's "
        "balance); descriptions ask for meaning only",
    )
    parser.add_argument(
        "--context",
        action="store_true",
        help="prefer the season, sensor and place of the examples, or of the filters for --text; "
        "for an index made with an encoder that has a context part",
    )
    parser.add_argument(
        "--rerank",
        action="store_true",
        help="order the best hits anew by the description, with the encoder's fusion part",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=positive,
        default=DEFAULT_HITS,
        help=f"number of hits (default {DEFAULT_HITS}, at most {MAX_HITS:,})",
    )
    parser.add_argument(
        "--encoder", metavar="DIR", type=Path, help="where the index's encoder lies now"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="write the hits to FILE.gpkg, .geojson, .parquet or .csv; a GeoPackage that is there "
        "keeps its other layers",
    )
    parser.add_argument(
        "--layer",
        metavar="NAME",
        help="what the hits are called in a GeoPackage (default: as the file; hits of an earlier "
        "search are replaced)",
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    filters = parser.add_argument_group("where and when to look")
    filters.add_argument("--within", metavar="WKT", help="only in this area, in WGS 84")
    filters.add_argument("--after", metavar="DATE", help="acquired on or after, such as 2024-05-31")
    filters.add_argument("--before", metavar="DATE", help="acquired before")
    filters.add_argument("--sensor", metavar="S", help="platform or instrument")
    filters.add_argument(
        "--gsd",
        metavar="MIN:MAX",
        type=number_range,
        help="ground sampling distance in metres; either end may be left out",
    )
    filters.add_argument(
        "--include-missing",
        action="store_true",
        help="also in imagery that was not found when the index was last updated",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Search, and write the hits where asked to."""
    from ..retrieval.output import check_output, write_hits
    from ..retrieval.query import Query
    from ..retrieval.query_input import parse_area, parse_date, parse_region
    from ..retrieval.search import search
    from ..service.workspace import Workspace

    if not (arguments.texts or arguments.regions or arguments.tiles or arguments.images):
        raise UsageError(
            "There is nothing to look for", hint="Give --text, --region, --tile or --image"
        )
    if arguments.output is not None:
        check_output(arguments.output, index=arguments.index, layer=arguments.layer)
    elif arguments.layer is not None:
        raise UsageError("--layer names hits in a file", hint="Give --output FILE.gpkg as well")
    query = Query(
        texts=tuple(arguments.texts),
        regions=tuple(
            parse_region(
                region["wkt"],
                region.get("crs", arguments.region_crs),
                region.get("source", arguments.region_source),
            )
            for region in arguments.regions or ()
        ),
        tiles=tuple(arguments.tiles),
        images=tuple(arguments.images),
        not_tiles=tuple(arguments.not_tiles),
        limit=arguments.limit,
        within=parse_area(arguments.within) if arguments.within else None,
        after=parse_date(arguments.after) if arguments.after else None,
        before=parse_date(arguments.before) if arguments.before else None,
        sensor=arguments.sensor,
        gsd=arguments.gsd,
        likeness=arguments.likeness,
        include_missing=arguments.include_missing,
        context=arguments.context,
        rerank=arguments.rerank,
    )
    with Workspace() as workspace, workspace.index(arguments.index, progress) as index:
        encoder = workspace.encoder_of(index.info, arguments.index, arguments.encoder)
        result = search(index, encoder, query, progress)
    if arguments.output is not None:
        layer = write_hits(result.hits, arguments.output, layer=arguments.layer)
        if layer is not None:
            result.notes.append(f"The hits are the layer {layer} of {arguments.output}")
    return result.as_dict()


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return the hits as a table."""
    # only re-ranked hits have a match
    reranked = any(hit["match"] is not None for hit in result["hits"])
    rows = [
        (
            str(hit["rank"]),
            *(("" if hit["match"] is None else f"{hit['match']:.3f}",) if reranked else ()),
            f"{hit['score']:.3f}",
            str(hit["hamming"]),
            str(hit["tile"]),
            (hit["acquired"] or "")[:10],
            f"{hit['scale']:g}",
            hit["source"],
        )
        for hit in result["hits"]
    ]
    header = (
        "rank",
        *(("match",) if reranked else ()),
        *("score", "distance", "tile", "acquired", "scale", "source"),
    )
    lines = aligned(header, rows, left={"acquired", "source"}) if rows else ["No hits"]
    lines += [f"Note: {note}" for note in result["notes"]]
    return "\n".join([*lines, f"{len(rows)} hits in {result['milliseconds']:.0f} ms"])
