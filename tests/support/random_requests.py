"""Requests that no client of ours would send: right ones with something in them gone wrong.

The same seed gives the same requests. To try many by hand:
``SCENE_SEARCH_RANDOM_REQUESTS=12000 pytest tests/engine/rpc/test_random_requests.py``.
"""

from __future__ import annotations

import copy
import json

SQUARE = "POLYGON((9.0 50.5,9.01 50.5,9.01 50.51,9.0 50.51,9.0 50.5))"

#: Texts that something between here and the disk cannot take.
TEXTS = [
    "",
    " ",
    "a\0b",
    "\0",
    "\ud800",
    "caf\udce9",
    "\udcff/\udcfe",
    "x" * 300,
    "x/" * 3000,
    "x" * 70_000,
    "\n\r\t",
    "衛星",
    "\U0001f6f0\ufe0f",
    "\u202e\u2066",
    "e\u0301" * 50,
    "%s%n{0}",
    "'; DROP TABLE tiles; --",
    "../../../../etc/passwd",
    "/dev/null",
    "/proc/self/mem",
    "/root/nothing/here.gpkg",
    "C:\\imagery",
    "\\\\server\\share",
    "http://localhost:1/a.tif",
    "/vsimem/x.tif",
    "NaN",
    "1e999",
    "-",
    "[]",
]
NUMBERS = [
    0,
    -1,
    1,
    2,
    3,
    15,
    100,
    255,
    -(2**31),
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64,
    10**18,
    10**300,
    10**400,
    10**4000,
    0.5,
    -0.0,
    1e-300,
    5e-324,
    1e300,
    1.7976931348623157e308,
    float("nan"),
    float("inf"),
    float("-inf"),
]
WKT = [
    SQUARE,
    "POINT(9.001 50.501)",
    "POINT EMPTY",
    "POLYGON EMPTY",
    "POINT Z (9 50 nan)",
    "POINT(nan nan)",
    "POINT(1e400 0)",
    "POINT(1e308 -1e308)",
    "POINT(500 500)",
    "LINESTRING(9 50,9.1 50.1)",
    "CURVEPOLYGON(CIRCULARSTRING(9 50,9.1 50.1,9.2 50,9.1 49.9,9 50))",
    "COMPOUNDCURVE((0 0,1 1),CIRCULARSTRING(1 1,2 2,3 1))",
    "MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0)))",
    "TIN(((0 0,0 1,1 1,0 0)))",
    "GEOMETRYCOLLECTION(POINT(9 50))",
    "GEOMETRYCOLLECTION(" * 50_000 + "POINT(1 1)" + ")" * 50_000,
    "GEOMETRYCOLLECTION(" * 50_000,
    "((((((" * 100_000,
    "POLYGON((0 0,1 1))",
    "POLYGON((0 0,0 0,0 0,0 0))",
    "POLYGON((9 50,9.1 50.1,9 50.1,9.1 50,9 50))",
    "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))",
    "POLYGON((-400 -90,400 -90,400 90,-400 90,-400 -90))",
    "POLYGON((-1e30 -1e30,1e30 -1e30,1e30 1e30,-1e30 1e30,-1e30 -1e30))",
    "MULTIPOINT(9 50,9.001 50.501)",
    "SRID=4326;POINT(9 50)",
    "SRID=;POINT(9 50)",
    "POINT(1 2)\0junk",
]
CRS = [
    "EPSG:4326",
    "EPSG:3857",
    "EPSG:32632",
    "EPSG:32760",
    "EPSG:3031",
    "EPSG:4978",
    "EPSG:5703",
    "EPSG:4326+5773",
    "EPSG:0",
    "EPSG:99999999999999999999",
    "EPSG:4326\0x",
    "IAU_2015:30100",
    "ESRI:102001",
    "urn:ogc:def:crs:EPSG::4326",
    "+proj=longlat +ellps=WGS84 +pm=1e400",
    "+proj=ortho +lat_0=90",
    "+proj=pipeline +step +proj=utm +zone=32",
    "+init=/etc/passwd:1",
    "GEOGCS[" * 50_000,
    '{"a":' * 50_000,
    "[" * 50_000,
    "x" * 1_000_000,
]
DATES = [
    "2024",
    "2024-13",
    "0000",
    "0001-01-01T00:00+23:59",
    "9999-12-31T23:59-23:59",
    "9999",
    "99999-01-01",
    "2024-02-30",
    "2024-05-31T25:00",
    "2024-05-31T12:00:00.123456789+99:99",
    "20240531",
    "2024-W10-1",
    "２０２４",
    "today",
]


def _deep(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


OTHERS = [None, True, False, [], {}, [[]], [{}], {"": None}, [None], "text", 7, _deep(200)]


class RandomRequests:
    """Makes lines to send.

    Args:
        random: a ``random.Random``.
        index: path of an index.
        raster: path of a raster that is small and alone in its folder.
        area: WKT of an area on the raster and in the index, in longitude and latitude.
        folder: where requests may write.
    """

    def __init__(self, random, index, raster, area, folder):
        self._random = random
        region = {"wkt": area, "crs": "EPSG:4326", "source": str(raster)}
        search = {
            "index": str(index),
            "texts": ["forest"],
            "regions": [region],
            "tiles": [1],
            "images": [str(raster)],
            "not_tiles": [2],
            "limit": 3,
            "within": {"wkt": area, "crs": "EPSG:4326"},
            "after": "2020",
            "before": "2030-05-31",
            "sensor": "drone",
            "gsd": [0.1, 10],
            "context": False,
            "rerank": False,
        }
        build = {
            "index": str(folder / "built.gpkg"),
            "paths": [str(raster.parent)],
            "tile_size": 64,
            "scales": [1, 2],
            "overlap": 0.1,
            "remove_missing": False,
        }
        self._right = [
            *[("search", search)] * 12,
            *[("index.build", build)] * 2,
            ("engine.info", {}),
            ("encoder.list", {}),
            *[("index.info", {"index": str(index)})] * 2,
            ("index.sources", {"index": str(index)}),
            *[("index.remove", {"index": str(folder / "copy.gpkg"), "sources": [1]})] * 2,
            *[
                (
                    "thumbnails",
                    {
                        "index": str(index),
                        "tiles": [1, 2],
                        "size": 32,
                        "directory": str(folder / "thumbnails"),
                    },
                )
            ]
            * 3,
        ]

    def line(self):
        """Return one line: a request with up to three things wrong."""
        method, params = copy.deepcopy(self._random.choice(self._right))
        if method == "search":  # few of the ways to ask at once, so that errors are reached
            kept = self._random.sample(["texts", "regions", "tiles", "images"], 1)
            filters = self._random.sample(sorted(params), 4)
            params = {k: v for k, v in params.items() if k in ("index", "limit", *kept, *filters)}
        for _ in range(self._random.choice([0, 1, 1, 1, 2, 3])):
            self._spoil(params)
        message = {"jsonrpc": "2.0", "id": self._random.randint(1, 9), "method": method}
        if self._random.random() < 0.03:
            message["id"] = self._random.choice([*NUMBERS, *OTHERS, *TEXTS[:8]])
        if self._random.random() < 0.02:
            message["method"] = self._random.choice([*TEXTS, *OTHERS])
        line = json.dumps({**message, "params": params}).encode()
        if self._random.random() < 0.02:
            line = bytearray(line[:2000])
            for _ in range(self._random.randint(1, 4)):
                line[self._random.randrange(len(line))] = self._random.randrange(256)
            line = bytes(line).replace(b"\n", b"")
        return line + b"\n"

    def _spoil(self, params):
        """Put something else in one place of the parameters, at any depth."""
        if not params or self._random.random() < 0.02:
            params[self._random.choice([*TEXTS[:10], "limit", "unknown"])] = self._any()
            return
        holder, key = params, self._random.choice(sorted(params))
        while isinstance(holder[key], list | dict) and holder[key] and self._random.random() < 0.8:
            holder = holder[key]
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = self._random.choice(list(keys))
        if self._random.random() < 0.05:
            del holder[key]
        else:
            holder[key] = self._like(holder[key], key)

    def _like(self, value, key):
        """Return what stands for a value: often of its kind, sometimes not."""
        chance = self._random.random()
        if chance < 0.1:
            return self._any()
        if key == "wkt":
            return self._random.choice(WKT)
        if key == "crs":
            return self._random.choice(CRS)
        if key in ("after", "before"):
            return self._random.choice(DATES)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return self._random.choice(NUMBERS)
        if isinstance(value, str):
            return self._random.choice(TEXTS)
        return self._any()

    def _any(self):
        return copy.deepcopy(self._random.choice([*TEXTS, *NUMBERS, *OTHERS, *WKT, *DATES]))
