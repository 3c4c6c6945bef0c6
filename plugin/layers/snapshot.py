"""Renders a layer, block by block, to a GeoTIFF that the engine reads like any raster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from osgeo import gdal
from qgis.core import QgsMapRendererCustomPainterJob, QgsMapSettings, QgsRectangle
from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, QThread
from qgis.PyQt.QtGui import QColor, QImage, QPainter

from ..engine.errors import CancelledError, StorageError
from .snapshot_plan import SnapshotPlan

#: Small enough that Cancel acts soon, large enough that tile services answer few requests.
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the picture: column and row of its corner, and its size, in pixels."""

    column: int
    row: int
    width: int
    height: int


def blocks(width: int, height: int, side: int = BLOCK) -> Iterator[Block]:
    """Yield blocks that cover ``width`` × ``height`` pixels once, row by row."""
    for row in range(0, height, side):
        for column in range(0, width, side):
            yield Block(column, row, min(side, width - column), min(side, height - row))


def render_snapshot(
    plan: SnapshotPlan,
    *,
    progress: Callable[[float], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> None:
    """Render what was planned into ``plan.path``, as 8-bit RGB with alpha.

    May run in any thread: the plan's layer is taken into it.

    Args:
        plan: from :func:`~.snapshot_plan.plan_snapshot`.
        progress: told the share done, from 0 to 1, after each block.
        is_cancelled: asked before each block.

    Raises:
        CancelledError: if ``is_cancelled`` says so; no file is left.
        StorageError: if the file cannot be written; no file is left.
    """
    plan.layer.moveToThread(QThread.currentThread())
    todo = list(blocks(plan.width, plan.height))
    dataset = _create(plan)
    try:
        for number, block in enumerate(todo, 1):
            if is_cancelled is not None and is_cancelled():
                raise CancelledError()
            _write(dataset, block, _render(plan, block))
            if progress is not None:
                progress(number / len(todo))
        if dataset.FlushCache() not in (None, 0):
            raise _cannot_write(plan)
    except (CancelledError, StorageError):
        dataset = None
        plan.path.unlink(missing_ok=True)
        raise
    except RuntimeError as error:  # how GDAL reports a full disk when its exceptions are on
        dataset = None
        plan.path.unlink(missing_ok=True)
        raise _cannot_write(plan) from error
    finally:
        dataset = None  # closes the file
        plan.layer.moveToThread(None)


def block_extent(plan: SnapshotPlan, block: Block) -> QgsRectangle:
    """Return the ground that ``block`` covers, in the plan's CRS."""
    pixel_x = plan.extent.width() / plan.width
    pixel_y = plan.extent.height() / plan.height
    left = plan.extent.xMinimum() + block.column * pixel_x
    top = plan.extent.yMaximum() - block.row * pixel_y
    return QgsRectangle(left, top - block.height * pixel_y, left + block.width * pixel_x, top)


def _render(plan: SnapshotPlan, block: Block) -> QImage:
    settings = QgsMapSettings()
    settings.setDestinationCrs(plan.crs)
    settings.setTransformContext(plan.context)
    settings.setExtent(block_extent(plan, block))
    settings.setOutputSize(QSize(block.width, block.height))
    settings.setLayers([plan.layer])
    settings.setBackgroundColor(QColor(Qt.GlobalColor.transparent))
    image = QImage(block.width, block.height, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.end()
    return image


def _create(plan: SnapshotPlan) -> gdal.Dataset:
    options = ["COMPRESS=DEFLATE", "PREDICTOR=2", "TILED=YES", "BIGTIFF=IF_SAFER", "ALPHA=YES"]
    try:
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(plan.path), plan.width, plan.height, 4, gdal.GDT_Byte, options
        )
    except RuntimeError as error:
        raise _cannot_write(plan) from error
    if dataset is None:
        raise _cannot_write(plan)
    box = plan.extent
    dataset.SetGeoTransform(
        (
            box.xMinimum(),
            box.width() / plan.width,
            0.0,
            box.yMaximum(),
            0.0,
            -box.height() / plan.height,
        )
    )
    dataset.SetProjection(plan.crs.toWkt())
    return dataset


def _write(dataset: gdal.Dataset, block: Block, image: QImage) -> None:
    pixels = image.constBits()
    pixels.setsize(image.sizeInBytes())
    dataset.WriteRaster(
        block.column,
        block.row,
        block.width,
        block.height,
        bytes(pixels),
        band_list=[1, 2, 3, 4],
        buf_pixel_space=4,
        buf_line_space=image.bytesPerLine(),
        buf_band_space=1,
    )


def _cannot_write(plan: SnapshotPlan) -> StorageError:
    return StorageError(
        _tr("the picture of the region cannot be written to {path}").format(path=plan.path),
        hint=_tr("Free some disk space, or set another temporary folder"),
    )


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("Snapshot", text))
