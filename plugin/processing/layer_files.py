"""The raster layers to index as files; layers that are not files are rendered first."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRasterLayer,
)

from ..engine.errors import RegionError, StorageError, UsageError
from ..layers.ground_units import metres_per_unit
from ..layers.index_file import index_file
from ..layers.raster_source import raster_source
from ..layers.snapshot import render_snapshot
from ..layers.snapshot_plan import MAX_FILE_SIDE, MAX_SIDE, SnapshotPlan, plan_snapshot
from ..plain_text import without_markup
from .index_parameters import AREA, FOLDER, INDEX, LAYERS, PIXEL_SIZE
from .translation import tr

if TYPE_CHECKING:
    from .algorithm import SceneSearchAlgorithm


@dataclass(frozen=True)
class LayerFiles:
    """Files of layers, and pictures still to be rendered.

    Attributes:
        ready: files that the engine opens as they are.
        snapshots: what has to be rendered, planned on the layers' own thread.
        left_out: why layers cannot be rendered, where there is other imagery to go on with.
    """

    ready: tuple[Path, ...]
    snapshots: tuple[SnapshotPlan, ...]
    left_out: tuple[str, ...] = ()

    @classmethod
    def plan(
        cls,
        algorithm: SceneSearchAlgorithm,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
    ) -> LayerFiles:
        """Look at the layers of ``LAYERS``; call it where the layers live.

        A layer that cannot be rendered is left out where there is other imagery.

        Raises:
            UsageError: if the only layer has to be rendered and its pixel size is unknown.
            RegionError: if its picture would be too large.
            StorageError: if there is no place beside the index.
        """
        ready: list[Path] = []
        snapshots: list[SnapshotPlan] = []
        problems: list[UsageError | RegionError] = []
        for layer in algorithm.parameterAsLayerList(parameters, LAYERS, context):
            if not isinstance(layer, QgsRasterLayer):
                continue
            source = raster_source(layer)
            if source.path is not None:
                ready.append(source.path)
            else:
                try:
                    snapshots.append(_plan_snapshot(layer, algorithm, parameters, context))
                except (UsageError, RegionError) as error:
                    problems.append(error)
        if problems and not (ready or snapshots or parameters.get(FOLDER)):
            raise problems[0]
        return cls(tuple(ready), tuple(snapshots), tuple(map(str, problems)))

    def files(self, feedback: QgsProcessingFeedback) -> list[Path]:
        """Return all files, after rendering what is not one.

        Raises:
            CancelledError: if the user cancels.
            StorageError: if a picture cannot be written.
        """
        for reason in self.left_out:
            feedback.pushWarning(reason)
        for plan in self.snapshots:
            name = without_markup(plan.layer.name())
            feedback.setProgressText(tr("Rendering {layer}").format(layer=name))
            render_snapshot(
                plan,
                progress=lambda share: feedback.setProgress(100 * share),
                is_cancelled=feedback.isCanceled,
            )
        return [*self.ready, *(plan.path for plan in self.snapshots)]


def _plan_snapshot(
    layer: QgsRasterLayer,
    algorithm: SceneSearchAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
) -> SnapshotPlan:
    area, crs = _area(layer, algorithm, parameters, context)
    index = index_file(algorithm.parameterAsFileOutput(parameters, INDEX, context), Path.cwd())
    folder = index.with_name(f"{index.stem}_rendered")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            tr("{folder} cannot be made: {reason}").format(folder=folder, reason=error.strerror),
            hint=tr("Choose a place for the index that you may write to"),
        ) from error
    return plan_snapshot(
        layer,
        area,
        crs,
        ground_resolution=_pixel_size(layer, algorithm, parameters, context),
        margin=0.0,
        context=context.transformContext(),
        path=folder / _file_name(layer),
        max_side=MAX_FILE_SIDE if layer.providerType() == "gdal" else MAX_SIDE,
    )


def _area(
    layer: QgsRasterLayer,
    algorithm: SceneSearchAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
) -> tuple[QgsGeometry, QgsCoordinateReferenceSystem]:
    if parameters.get(AREA) in (None, ""):
        return QgsGeometry.fromRect(layer.extent()), layer.crs()
    crs = algorithm.parameterAsExtentCrs(parameters, AREA, context)
    return algorithm.parameterAsExtentGeometry(parameters, AREA, context, crs), crs


def _pixel_size(
    layer: QgsRasterLayer,
    algorithm: SceneSearchAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
) -> float:
    given = algorithm.parameterAsDouble(parameters, PIXEL_SIZE, context)
    if given > 0:
        return float(given)
    if layer.providerType() == "gdal" and layer.rasterUnitsPerPixelX() > 0:
        metres_x, _ = metres_per_unit(layer.crs(), layer.extent().center())
        return float(layer.rasterUnitsPerPixelX() * metres_x)
    raise UsageError(
        tr("{layer} is not a file, and its pixel size is unknown").format(layer=layer.name()),
        hint=tr("Give a pixel size and an area to render under Advanced Parameters"),
    )


def _file_name(layer: QgsRasterLayer) -> str:
    """Return a name that is the same for the same layer, and safe on every system."""
    readable = re.sub(r"[^\w-]+", "_", layer.name()).strip("_")[:60] or "layer"
    mark = hashlib.sha256(layer.source().encode("utf-8")).hexdigest()[:8]
    return f"{readable}_{mark}.tif"
