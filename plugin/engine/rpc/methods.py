"""What the server can be asked for: thin functions from parameters to the engine's modules.

Imports are inside the methods, so that the engine answers its first request before NumPy, GDAL
and ONNX Runtime are loaded.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ..progress import Progress
from .dispatcher import Method
from .parameters import Parameters

if TYPE_CHECKING:
    from ..service.workspace import Workspace


class Methods:
    """The methods of one server, which share its open indexes and encoders."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workspace: Workspace | None = None

    def table(self) -> dict[str, Method]:
        """Return the methods by their names in requests."""
        return {
            "engine.info": Method(self.engine_info),
            "encoder.list": Method(self.encoder_list),
            "index.build": Method(self.index_build, long=True),
            "index.info": Method(self.index_info),
            "index.sources": Method(self.index_sources),
            "index.remove": Method(self.index_remove, long=True),
            "index.locate": Method(self.index_locate, long=True),
            "index.check": Method(self.index_check, long=True),
            "search": Method(self.search),
            "thumbnails": Method(self.thumbnails),
            "doctor": Method(self.doctor),
        }

    def close(self) -> None:
        """Close the index files that are open."""
        with self._lock:
            if self._workspace is not None:
                self._workspace.close()

    @property
    def workspace(self) -> Workspace:
        """Open indexes and encoders; made by the first request that needs them."""
        with self._lock:
            if self._workspace is None:
                from ..service.workspace import Workspace

                self._workspace = Workspace()
            return self._workspace

    def engine_info(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Return versions and execution providers."""
        from ..service.runtime import engine_facts

        params.finish()
        return engine_facts()

    def encoder_list(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Return the encoders that come with the plugin."""
        from ..encoders.catalog import describe_encoder, shipped_encoders
        from ..encoders.package.package import EncoderPackage

        params.finish()
        packages = [EncoderPackage.load(path, verify=False) for path in shipped_encoders()]
        return {"encoders": [describe_encoder(package) for package in packages]}

    def index_build(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Index what is new or changed under some paths."""
        from ..indexing import IndexOptions, index_imagery

        index = params.path("index")
        paths = params.rasters("paths")
        chosen = params.path("encoder", None)
        scales = params.numbers("scales", None)
        options = IndexOptions(
            tile_size_m=params.number("tile_size", None),
            scales=None if scales is None else tuple(scales),
            overlap=params.number("overlap", None),
            remove_missing=params.boolean("remove_missing", False),
            bits=params.integer("bits", None),
        )
        params.finish()
        encoder = self.workspace.encoder_for_build(index, chosen)
        return index_imagery(paths, index, encoder, options, progress).as_dict()

    def index_info(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Return what an index holds and whether its encoder is here."""
        from ..service.index_facts import describe_index

        path = params.path("index")
        params.finish()
        with self.workspace.index(path, progress) as index:
            return describe_index(index)

    def index_sources(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Return the rasters of an index."""
        from ..service.index_facts import describe_sources

        path = params.path("index")
        params.finish()
        with self.workspace.index(path, progress) as index:
            return {"sources": describe_sources(index)}

    def index_remove(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Take rasters and their tiles out of an index."""
        from ..indexing.removal import remove_sources

        path = params.path("index")
        sources = params.integers("sources", [])
        files = params.paths("paths", [])
        missing = params.boolean("missing", False)
        params.finish()
        return remove_sources(path, sources=sources, files=files, missing=missing).as_dict()

    def index_locate(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Find the imagery of an index again after it was moved."""
        from ..indexing.locate import locate_imagery

        path = params.path("index")
        folders = params.paths("folders")
        params.finish()
        return locate_imagery(path, folders, progress).as_dict()

    def index_check(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Say what is wrong in an index, and mend it."""
        from ..service.index_check import check_index

        path = params.path("index")
        repair = params.boolean("repair", False)
        params.finish()
        return check_index(path, repair=repair)

    def search(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Answer a query."""
        from ..retrieval.search import search
        from .query_params import read_query

        path = params.path("index")
        chosen = params.path("encoder", None)
        query = read_query(params)
        params.finish()
        with self.workspace.index(path, progress) as index:
            encoder = self.workspace.encoder_of(index.info, path, chosen)
            return search(index, encoder, query, progress).as_dict()

    def thumbnails(self, params: Parameters, progress: Progress) -> dict[str, Any]:
        """Return pictures of tiles as files."""
        from ..retrieval.thumbnails import make_thumbnails

        path = params.path("index")
        tiles = params.integers("tiles")
        size = params.integer("size", 128)
        directory = params.path("directory")
        params.finish()
        with self.workspace.index(path, progress) as index:
            result = make_thumbnails(index, tiles, size, directory, progress)
        return {
            "paths": {str(tile): str(file) for tile, file in result.paths.items()},
            "missing": {str(tile): reason for tile, reason in result.missing.items()},
        }

    def doctor(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Return a report to paste into a bug."""
        from ..service.doctor import examine, report

        params.finish()
        facts = examine()
        return {"report": report(facts), "facts": facts}
