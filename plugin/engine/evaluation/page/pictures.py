"""Pictures inside the page, so that it needs nothing beside it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from ...imagery.tiles.reader import read_image
from .markup import Markup, tag

#: Side in pixels; shown at 78, so that it is sharp on dense screens and on paper.
_SIDE = 128
_QUALITY = 82


class Pictures:
    """Small pictures of a benchmark's images, read as the encoder reads them.

    Args:
        folder: that file names are relative to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, str] = {}

    def picture(self, name: str, description: str) -> Markup:
        """Return an image element.

        Args:
            name: file below the folder; shown as the tool tip.
            description: for those who do not see it.

        Raises:
            RasterError: if it can no longer be read.
        """
        if name not in self._made:
            content = io.BytesIO()
            Image.fromarray(read_image(self._folder / name, _SIDE)).save(
                content, format="JPEG", quality=_QUALITY
            )
            self._made[name] = base64.b64encode(content.getvalue()).decode("ascii")
        source = f"data:image/jpeg;base64,{self._made[name]}"
        return tag("img", src=source, alt=description, title=name, width=78, height=78)
