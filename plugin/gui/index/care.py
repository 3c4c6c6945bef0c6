"""Taking images out of an index, finding them again, and mending the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine_link.call import EngineCall, StartCall
from ..widgets.text import images_text, tiles_text
from .controller import IndexController
from .indexed_image import IndexedImage


class IndexCare(QObject):
    """Asks the engine to do something about the current index, which is then read again.

    Args:
        start_call: asks the engine.
        controller: the index in use.
        parent: owner.

    Attributes:
        done: what was done, and details to tell.
        failed: what was attempted, and the error.
    """

    done = pyqtSignal(str, str)
    failed = pyqtSignal(str, object)

    def __init__(
        self, start_call: StartCall, controller: IndexController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._start = start_call
        self._controller = controller
        self._call: EngineCall | None = None

    def list_images(self, show: Callable[[list[IndexedImage]], None]) -> None:
        """Have ``show`` called with the images of the current index."""

        def answered(answer: dict[str, Any]) -> None:
            show([IndexedImage.from_message(entry) for entry in answer.get("sources") or []])

        title = self.tr("Reading the index")
        self._ask(title, "index.sources", {}, answered, self.tr("The images are not listed"))

    def remove(self, images: Sequence[IndexedImage]) -> None:
        """Take images out of the index."""
        params = {"sources": [image.id for image in images]}
        self._change(
            self.tr("Removing images"),
            "index.remove",
            params,
            self._tell_removed,
            self.tr("Nothing was removed"),
        )

    def remove_missing(self) -> None:
        """Take all images out that were missing at the last update and are so now."""
        self._change(
            self.tr("Removing images"),
            "index.remove",
            {"missing": True},
            self._tell_removed,
            self.tr("Nothing was removed"),
        )

    def locate(self, folder: str) -> None:
        """Look in a folder for images that are not where they were."""
        self._change(
            self.tr("Locating images in {0}").format(Path(folder).name or folder),
            "index.locate",
            {"folders": [folder]},
            self._tell_located,
            self.tr("The images were not located"),
        )

    def repair(self) -> None:
        """Put right what other programs have left wrong in the index."""
        self._change(
            self.tr("Repairing the index"),
            "index.check",
            {"repair": True},
            self._tell_repaired,
            self.tr("The index was not repaired"),
        )

    def shutdown(self) -> None:
        """Stop what goes on and hear no more of it."""
        if self._call is not None:
            self._call.drop()

    def _change(
        self,
        title: str,
        method: str,
        params: dict[str, Any],
        tell: Callable[[dict[str, Any]], None],
        failure: str,
    ) -> None:
        info = self._controller.info

        def answered(answer: dict[str, Any]) -> None:
            tell(answer)
            if info is not None and self._controller.info is info:
                self._controller.open(info.path)

        self._ask(title, method, params, answered, failure)

    def _ask(
        self,
        title: str,
        method: str,
        params: dict[str, Any],
        answered: Callable[[dict[str, Any]], None],
        failure: str,
    ) -> None:
        info = self._controller.info
        if info is None or (self._call is not None and self._call.is_running):
            return
        task = self._start(title, method, {"index": str(info.path), **params})
        self._call = EngineCall(
            task,
            succeeded=answered,
            failed=lambda error: self.failed.emit(failure, error),
        )

    def _tell_removed(self, answer: dict[str, Any]) -> None:
        number = int(answer.get("removed") or 0)
        if not number:
            text = self.tr("What was missing is there again. “Update” takes it in.")
            self.done.emit(self.tr("Nothing was removed"), text)
            return
        text = self.tr("{images} removed, {tiles}").format(
            images=images_text(number), tiles=tiles_text(int(answer.get("tiles") or 0))
        )
        self.done.emit(text, "")

    def _tell_located(self, answer: dict[str, Any]) -> None:
        found, missing = len(answer.get("moved") or []), len(answer.get("missing") or [])
        if not found and not missing:
            self.done.emit(self.tr("All images are where they were"), "")
            return
        title = self.tr("{0} found again").format(images_text(found))
        text = ""
        if not found:
            title = self.tr("No image was found again")
        if missing:
            text = self.tr("{0} still not found. Look in another folder, or remove them.").format(
                images_text(missing)
            )
        self.done.emit(title, text)

    def _tell_repaired(self, answer: dict[str, Any]) -> None:
        repairs = [f"{fault['problem']}. {fault['repair']}." for fault in answer.get("faults", [])]
        self.done.emit(self.tr("The index was repaired"), "\n".join(repairs))
