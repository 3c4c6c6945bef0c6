"""A search request's parameters as a query."""

from __future__ import annotations

from ...hit_limits import DEFAULT_HITS
from ..retrieval.query import Query, Region
from ..retrieval.query_input import parse_area, parse_date, parse_region
from .parameters import Parameters


def read_query(params: Parameters) -> Query:
    """Return the query that the parameters describe.

    Raises:
        InvalidParamsError: a parameter is of the wrong type.
        RegionError: a region is no WKT, empty, or in an unknown CRS.
        UsageError: a date is none.
    """
    after, before = params.text("after", None), params.text("before", None)
    within = params.object("within")
    area = None
    if within is not None:
        area = parse_area(within.text("wkt"), within.text("crs", None))
        within.finish()
    return Query(
        texts=tuple(params.texts("texts", [])),
        regions=tuple(_read_region(region) for region in params.objects("regions")),
        tiles=tuple(params.integers("tiles", [])),
        images=tuple(params.paths("images", [])),
        not_tiles=tuple(params.integers("not_tiles", [])),
        limit=params.integer("limit", DEFAULT_HITS),
        within=area,
        after=parse_date(after) if after else None,
        before=parse_date(before) if before else None,
        sensor=params.text("sensor", None) or None,
        gsd=params.range("gsd", None),
        likeness=params.number("likeness", None),
        include_missing=params.boolean("include_missing", False),
        context=params.boolean("context", False),
        rerank=params.boolean("rerank", False),
    )


def _read_region(params: Parameters) -> Region:
    source = params.raster("source", None)
    region = parse_region(params.text("wkt"), params.text("crs", None), source)
    params.finish()
    return region
