"""How a photo was held, which cameras write beside the pixels instead of turning them."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

from PIL import ExifTags, Image

_FORMATS = ("JPEG", "TIFF", "WEBP", "PNG")

#: What Pillow raises for files of other formats, and for broken ones.
_UNREADABLE = (
    *(OSError, ValueError, SyntaxError, TypeError, OverflowError),
    *(struct.error, Image.DecompressionBombError),
)


def exif_orientation(path: Path) -> int:
    """Return the EXIF orientation of a picture, 1 to 8; 1, as it lies, where there is none.

    GDAL tells it of JPEG only. The pixels are not read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as picture:
                if picture.format == "PNG" and "exif" not in picture.info:
                    return 1  # looking behind the pixels would read them all
                orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except _UNREADABLE:
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
