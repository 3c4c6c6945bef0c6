"""Files that lost their end: told before anything of them is read."""

import io

import pytest
from PIL import Image
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.raster import open_raster

from tests.support.patchwork import write_patchwork


@pytest.fixture
def photo(tmp_path):
    """A JPEG with a position, and a preview in its EXIF part that has an end of its own."""
    noise = Image.effect_noise((600, 400), 80)
    preview = io.BytesIO()
    noise.resize((60, 40)).save(preview, "JPEG")
    exif = Image.Exif()
    exif[0x927C] = preview.getvalue()
    noise.save(tmp_path / "photo.jpg", exif=exif, progressive=False)
    lines = ("0.5", "0", "0", "-0.5", "500000", "4600000")
    (tmp_path / "photo.jgw").write_text("\n".join(lines))
    place = "<PAMDataset><SRS>EPSG:32630</SRS></PAMDataset>"
    (tmp_path / "photo.jpg.aux.xml").write_text(place)
    return tmp_path / "photo.jpg"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.999])
def test_a_photo_that_lost_its_end_is_named(photo, share):
    data = photo.read_bytes()
    assert data.count(b"\xff\xd9") == 2
    photo.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(RasterError, match=r"photo\.jpg is truncated: .* no end\. Copy"):
        open_raster(photo)


@pytest.mark.parametrize("behind", [b"", b"\0" * 200_000, b"MotionPhoto_Data" * 9000])
def test_what_cameras_write_behind_a_photo_is_fine(photo, behind):
    photo.write_bytes(photo.read_bytes() + behind)
    with open_raster(photo) as raster:
        assert raster.dataset.read(1).std() > 20


def test_a_tiff_that_lost_its_end_is_named(tmp_path):
    path = write_patchwork(tmp_path / "a.tif")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(RasterError, match=r"Copy|copy"):
        open_raster(path)
