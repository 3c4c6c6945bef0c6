"""A GeoPackage that holds results, one table for each layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from osgeo import gdal
from qgis.core import (
    QgsCoordinateTransformContext,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QDateTime

from ...engine.errors import StorageError
from ...file_checks import exists

_TABLE = re.compile(r"results_\d{8}_\d{9}_[0-9a-f]{8}")
_DISCARDED = ".discarded"
_SYNCHRONOUS = "OGR_SQLITE_SYNCHRONOUS"


class ResultStore:
    """Writes layers into a GeoPackage, copies them from one to another, and removes them.

    Tables are named by their time and a random number, so that several QGIS can write to one
    file, and a table is never taken for one that someone else put there. QGIS may have layers of
    the file open meanwhile.

    Args:
        path: the file; it is made when it is first needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, layer: QgsVectorLayer, *, durable: bool) -> str:
        """Write the features of ``layer`` into a new table.

        Args:
            layer: any vector layer, also one whose file has been deleted under it.
            durable: whether it must outlive a power cut at once, which takes 0.1 s. It always
                outlives the end of QGIS.

        Returns:
            the table's name.

        Raises:
            StorageError: if the file cannot be written.
        """
        table = new_table()
        writer = QgsVectorFileWriter
        options = writer.SaveVectorOptions()
        options.driverName = "GPKG"
        options.layerName = table
        options.layerOptions = [f"DESCRIPTION={layer.name()}"]
        there = exists(self.path)
        actions = writer.ActionOnExistingFile
        options.actionOnExistingFile = (
            actions.CreateOrOverwriteLayer if there else actions.CreateOrOverwriteFile
        )
        fields = layer.fields()
        # A GeoPackage numbers its rows itself.
        options.attributes = [
            place for place, field in enumerate(fields) if field.name().lower() != "fid"
        ]
        make_folder(self.path.parent)
        gdal.SetThreadLocalConfigOption(_SYNCHRONOUS, None if durable else "OFF")
        try:
            outcome = writer.writeAsVectorFormatV3(
                layer, str(self.path), QgsCoordinateTransformContext(), options
            )
        finally:
            gdal.SetThreadLocalConfigOption(_SYNCHRONOUS, None)
        if outcome[0] != writer.WriterError.NoError:
            raise _not_written(self.path, str(outcome[1]))
        return table

    def copy(self, source: Path, tables: Iterable[str]) -> dict[str, str]:
        """Copy tables of another store, in one transaction for all but those renamed.

        Returns:
            the name that each table has here: another one where its own is taken.

        Raises:
            StorageError: if the source cannot be read or this file cannot be written; what was
                here before stays.
        """
        taken = self.tables()
        names = {table: new_table() if table in taken else table for table in tables}
        plain = {table: name for table, name in names.items() if table == name}
        make_folder(self.path.parent)
        if plain:
            self._translate(source, plain)
        for table in names.keys() - plain.keys():
            self._translate(source, {table: names[table]})
        return names

    def drop(self, tables: Iterable[str]) -> None:
        """Remove tables, if they are there and are results.

        Raises:
            StorageError: if the file cannot be written.
        """
        doomed = {table for table in tables if is_result_table(table)}
        if not doomed or not exists(self.path):
            return
        with self._open(gdal.OF_UPDATE) as dataset:
            dataset.StartTransaction()
            for place in reversed(range(dataset.GetLayerCount())):
                if dataset.GetLayer(place).GetName() in doomed:
                    dataset.DeleteLayer(place)
            dataset.CommitTransaction()
            empty = dataset.GetLayerCount() == 0
        if empty:
            remove_store(self.path)

    def tables(self) -> dict[str, str]:
        """Return the tables that hold results, and the names their layers had.

        A file that is missing or cannot be read has none.
        """
        if not exists(self.path):
            return {}
        try:
            with self._open(0) as dataset:
                layers = (dataset.GetLayer(place) for place in range(dataset.GetLayerCount()))
                return {
                    layer.GetName(): layer.GetMetadataItem("DESCRIPTION") or ""
                    for layer in layers
                    if is_result_table(layer.GetName())
                }
        except StorageError:
            return {}

    def settle(self) -> None:
        """Bring all that was written into the file itself, out of its ``-wal`` file beside it.

        A project's folder that is copied without that file then loses nothing.
        """
        if not exists(self.path):
            return
        with suppress(StorageError), self._open(gdal.OF_UPDATE) as dataset:
            # While someone reads it SQLite leaves it for later; nothing is lost by that.
            done = dataset.ExecuteSQL("PRAGMA wal_checkpoint(TRUNCATE)")
            if done is not None:
                dataset.ReleaseResultSet(done)

    def _translate(self, source: Path, names: Mapping[str, str]) -> None:
        """Copy tables, all under their own names or a single one under another, or none."""
        options = ["-ds_transaction", "-preserve_fid"]
        for table, name in names.items():
            if table != name:
                options += ["-nln", name]
        chosen = gdal.VectorTranslateOptions(
            format="GPKG",
            accessMode="update" if exists(self.path) else None,
            layers=list(names),
            options=options,
        )
        with self._errors():
            gdal.VectorTranslate(str(self.path), str(source), options=chosen)

    @contextmanager
    def _open(self, flags: int) -> Iterator[Any]:
        with self._errors():
            dataset = gdal.OpenEx(str(self.path), gdal.OF_VECTOR | flags)
            if dataset is None:
                raise _not_written(self.path, gdal.GetLastErrorMsg() or _tr("it is no GeoPackage"))
            yield dataset
            del dataset  # closes it

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise what GDAL says as a StorageError, whether or not its exceptions are switched on.

        They are not switched on here: that would be so for every other plugin as well.
        """
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        gdal.ErrorReset()
        try:
            yield
            reason = gdal.GetLastErrorMsg() if gdal.GetLastErrorType() >= gdal.CE_Failure else ""
        except RuntimeError as error:
            reason = str(error)
        finally:
            gdal.PopErrorHandler()
        if reason:
            raise _not_written(self.path, reason)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        StorageError: if it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(folder, str(error.strerror)) from error


def new_table() -> str:
    """Return a name for a table that is not in use anywhere."""
    now = QDateTime.currentDateTimeUtc().toString("yyyyMMdd_HHmmsszzz")
    return f"results_{now}_{uuid4().hex[:8]}"


def is_result_table(name: str) -> bool:
    """Whether a table of that name was written by a store."""
    return _TABLE.fullmatch(name) is not None


def remove_store(path: Path) -> None:
    """Remove a store; where something still holds it open, mark it to be removed later."""
    for ending in ("-wal", "-shm", _DISCARDED):
        with suppress(OSError):
            beside(path, ending).unlink(missing_ok=True)
    try:
        path.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            beside(path, _DISCARDED).touch()


def is_discarded(path: Path) -> bool:
    """Whether a store was to be removed while something held it open."""
    return exists(beside(path, _DISCARDED))


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that goes with ``path``: its name with an ending added."""
    return path.with_name(path.name + ending)


def _not_written(path: Path, reason: str) -> StorageError:
    return StorageError(
        _tr("{0} cannot be written: {1}").format(path, reason),
        hint=_tr("See that the folder may be written and has space left"),
    )


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("ResultStore", text))
