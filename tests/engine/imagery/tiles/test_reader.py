import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import ExifTags, Image, ImageOps
from rasterio.enums import Resampling
from rasterio.windows import Window
from scene_search.engine.errors import RasterError, SceneSearchError
from scene_search.engine.imagery.colours.pixels import PixelSource
from scene_search.engine.imagery.colours.stretch import Stretch, estimate_stretch
from scene_search.engine.imagery.files.exif import exif_orientation
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import TileGrid, TileWindow, auto_tile_size_m
from scene_search.engine.imagery.tiles.reader import TileReader, read_image

from tests.support.odd_rasters import QUARTER_NODATA, READABLE, quarters, write

AS_IT_IS = Stretch((1, 2, 3), (0.0,) * 3, (255.0,) * 3)


def read_whole(path, size=64):
    with (
        open_raster(path) as raster,
        TileReader(raster.name, estimate_stretch(raster), size) as reader,
    ):
        return reader.read(TileWindow(0, 0, raster.width, raster.height))


GRAY = {"gray", "two_bands", "ascii_grid"}
COLOUR = [name for name in READABLE if name not in {*GRAY, "strip", "gcps"}]


@pytest.mark.parametrize("name", COLOUR)
def test_north_is_up_and_red_is_red(odd, name):
    rgb = read_whole(odd[name]).rgb.astype(int)
    assert rgb.shape == (64, 64, 3)
    inner = slice(20, 28), slice(40, 60)
    red, green = rgb[inner[0], inner[0]].mean((0, 1)), rgb[inner[0], inner[1]].mean((0, 1))
    blue, white = rgb[inner[1], inner[0]].mean((0, 1)), rgb[inner[1], inner[1]].mean((0, 1))
    assert red[0] > 150 > 60 > max(red[1], red[2])
    assert green[1] > 150 > 60 > max(green[0], green[2])
    assert blue[2] > 150 > 60 > max(blue[0], blue[1])
    assert white.min() > 150


@pytest.mark.parametrize("name", sorted(GRAY))
def test_single_bands_are_grey(odd, name):
    rgb = read_whole(odd[name]).rgb
    assert (rgb == rgb[..., :1]).all()
    assert rgb[10, 10, 0] > 150 > 60 > rgb[10, 50, 0]


@pytest.mark.parametrize("name", QUARTER_NODATA)
def test_nodata_is_counted_and_filled_with_the_mean_of_the_rest(odd, name):
    tile = read_whole(odd[name])
    assert tile.valid == pytest.approx(0.75, abs=0.01)
    filled, rest = tile.rgb[:, :15].reshape(-1, 3), tile.rgb[:, 17:].reshape(-1, 3)
    assert (filled == filled[0]).all()
    assert np.abs(filled[0].astype(int) - rest.mean(0)).max() < 4
    # No dark or bright seam where the valid pixels begin.
    seam = tile.rgb[40:60, 16:20].reshape(-1, 3).astype(int)
    assert np.abs(seam - seam.mean(0)).max() < 25


def test_points_leave_their_corners_invalid(odd):
    tile = read_whole(odd["gcps"])
    assert 0.8 < tile.valid < 0.9
    assert tile.rgb[20, 20, 0] > 150
    assert np.ptp(tile.rgb[0, :3], axis=0).max() == 0


def test_a_strip_keeps_its_shape(odd):
    tile = read_whole(odd["strip"], size=100)
    assert tile.valid == 1.0
    assert (tile.rgb[0] == tile.rgb[-1]).all()
    assert tile.rgb[49, 10].argmax() == 0


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_resampling_is_that_of_rasterio(tmp_path, scale):
    path = write(tmp_path / "noise.tif", quarters(600, 600, level=120))
    window = TileWindow(64, 32, 96 * scale, 96 * scale)
    with open_raster(path) as raster, TileReader(raster.name, AS_IT_IS, 96) as reader:
        rgb = reader.read(window).rgb
    with rasterio.open(path) as file:
        expected = file.read(
            window=Window(64, 32, 96 * scale, 96 * scale),
            out_shape=(3, 96, 96),
            resampling=Resampling.bilinear,
        )
    assert (rgb == expected.transpose(1, 2, 0)).all()


def test_downsampling_averages_instead_of_aliasing(tmp_path):
    chess = np.indices((1024, 1024)).sum(0) % 2 * 254 + 1
    data = np.repeat(chess[None].astype(np.uint8), 3, axis=0)
    path = write(tmp_path / "chess.tif", data)
    with open_raster(path) as raster, TileReader(raster.name, AS_IT_IS, 64) as reader:
        rgb = reader.read(TileWindow(0, 0, 1024, 1024)).rgb.astype(int)
    assert np.abs(rgb[2:-2, 2:-2] - 128).max() < 12


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_large_windows_are_read_from_overviews(tmp_path, where):
    path = write(tmp_path / "a.tif", quarters(2048, 2048), tiled=True)
    with rasterio.Env(TIFF_USE_OVR=where == "beside"), rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8, 16], Resampling.average)
    assert (tmp_path / "a.tif.ovr").exists() == (where == "beside")
    # Blacken the full resolution: a reading call that uses overviews does not see it.
    with rasterio.open(path, "r+") as file:
        file.write(np.ones((3, 2048, 2048), np.uint8))
    with open_raster(path) as raster, TileReader(raster.name, AS_IT_IS, 128) as reader:
        assert reader.read(TileWindow(0, 0, 2048, 2048)).rgb.mean() > 60
        assert reader.read(TileWindow(0, 0, 128, 128)).rgb.max() == 1


def test_undeclared_nan_does_not_spread(tmp_path):
    data = np.full((1, 512, 512), 100.0, np.float32)
    data[0, :, 256:] = 200.0
    data[0, ::9, ::7] = np.nan
    data[0, 300] = -np.inf
    path = write(tmp_path / "holes.tif", data)
    with open_raster(path) as raster:
        stretch = estimate_stretch(raster)
        assert stretch.low == (100.0,)
        assert stretch.high == (200.0,)
        with TileReader(raster.name, stretch, 128) as reader:
            tile = reader.read(TileWindow(0, 0, 512, 512))
    assert tile.valid == 1.0
    assert (tile.rgb[:, :60] == 0).all()
    assert (tile.rgb[:, 68:] == 255).all()


def test_palette_colours_are_averaged_not_their_numbers(tmp_path):
    indices = (np.indices((256, 256)).sum(0) % 2 * 7).astype(np.uint8)[None]
    path = write(tmp_path / "p.tif", indices, photometric="palette")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (200, 0, 0, 255), 7: (0, 0, 200, 255), 9: (0, 0, 0, 0)})
    rgb = read_whole(path).rgb.astype(int)
    assert np.abs(rgb - [100, 0, 100]).max() <= 1


def test_transparent_palette_entries_are_nodata(tmp_path):
    indices = np.zeros((64, 64), np.uint8)
    indices[:, 32:48], indices[:, 48:] = 1, 2
    picture = Image.fromarray(indices, "P")
    picture.putpalette([9, 9, 9, 200, 100, 0, 100, 200, 0])
    picture.save(tmp_path / "p.png", transparency=bytes([0, 255, 255]))
    rgb = read_image(tmp_path / "p.png", 64)
    assert (rgb[:, :32] == (150, 150, 0)).all()
    assert (rgb[:, 48:] == (100, 200, 0)).all()


def test_a_tile_without_valid_pixels_is_black(odd):
    with open_raster(odd["nodata_zero"]) as raster, TileReader(raster.name, AS_IT_IS, 32) as reader:
        tile = reader.read(TileWindow(0, 0, 60, 60))
    assert tile.valid == 0.0
    assert not tile.rgb.any()


def test_a_damaged_block_is_an_error_that_says_where(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (3, 512, 512), np.uint8)
    path = write(
        tmp_path / "cut.tif", data, tiled=True, blockxsize=128, blockysize=128, compress="deflate"
    )
    with rasterio.open(path) as file:
        offset = int(file.get_tag_item("BLOCK_OFFSET_2_2", "TIFF", bidx=1))
    content = bytearray(path.read_bytes())
    content[offset : offset + 4000] = bytes(4000)
    path.write_bytes(content)
    with open_raster(path) as raster, TileReader(raster.name, AS_IT_IS, 64) as reader:
        assert reader.read(TileWindow(0, 0, 128, 128)).valid == 1.0
        with pytest.raises(RasterError, match="cannot be read at column 256, row 256") as caught:
            reader.read(TileWindow(256, 256, 128, 128))
        assert caught.value.details["window"] == [256, 256, 128, 128]
        # The reader itself is not broken by it.
        assert reader.read(TileWindow(384, 0, 128, 128)).valid == 1.0


def test_threads_with_their_own_readers_agree(odd):
    with open_raster(odd["tiled_with_overviews"]) as raster:
        windows = list(TileGrid(raster, 120.0))
        with TileReader(raster.name, AS_IT_IS, 48) as reader:
            expected = [reader.read(window).rgb for window in windows]
            shared = [None] * len(windows)

            def read(part, own):
                mine = TileReader(raster.name, AS_IT_IS, 48) if own else reader
                for i in range(part, len(windows), 4):
                    tile = mine.read(windows[i]).rgb
                    shared[i] = tile
                if own:
                    mine.close()

            for own in (True, False):
                threads = [threading.Thread(target=read, args=(i, own)) for i in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                for one, other in zip(expected, shared, strict=True):
                    assert (one == other).all()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_does_not_grow_with_the_raster(tmp_path):
    path = tmp_path / "huge.tif"
    side = 16_000  # 1.5 GB of pixels
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint16", "crs": "EPSG:32633"}
    profile |= {"width": side, "height": side, "tiled": True, "SPARSE_OK": True}
    transform = rasterio.transform.from_origin(5e5, 5e6, 0.3, 0.3)
    with rasterio.open(path, "w", transform=transform, **profile) as file:
        block = np.arange(256 * 256, dtype=np.uint16).reshape(1, 256, 256)
        file.write(np.repeat(block, 3, axis=0), window=Window(0, 0, 256, 256))
    code = (
        "import pathlib, sys\n"
        "from scene_search.engine.imagery.raster import open_raster\n"
        "from scene_search.engine.imagery.colours.stretch import estimate_stretch\n"
        "from scene_search.engine.imagery.tiles.reader import TileReader\n"
        "from scene_search.engine.imagery.tiles.grid import TileWindow\n"
        "with open_raster(sys.argv[1]) as raster:\n"
        "    with TileReader(raster.name, estimate_stretch(raster), 224) as reader:\n"
        "        reader.read(TileWindow(0, 0, raster.width, raster.height))\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # ru_maxrss would not do: it begins with the peak of the process that started this one.
    assert int(done.stdout) * 1024 < 700e6


def test_pictures_are_read_without_a_position(tmp_path, odd):
    picture = quarters(300, 280).transpose(1, 2, 0)
    for suffix in ("png", "bmp", "tif"):
        path = tmp_path / f"Bild ü.{suffix}"
        Image.fromarray(picture).save(path)
        rgb = read_image(path, 64).astype(int)
        assert rgb.shape == (64, 64, 3)
        assert rgb[10, 10].argmax() == 0
        assert rgb[10, 50].argmax() == 1
    assert read_image(odd["uint16"], 64)[10, 50].argmax() == 1


def test_long_pictures_are_cropped_to_their_middle(tmp_path):
    picture = np.zeros((100, 400, 3), np.uint8)
    picture[:, 150:250] = (200, 100, 50)
    picture[::2, ::2] += 30
    path = tmp_path / "long.png"
    Image.fromarray(picture).save(path)
    assert (read_image(path, 32)[..., 0] > 150).all()


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("number", range(1, 9))
def test_photos_are_upright(tmp_path, number, suffix):
    """Against Pillow, which turns the pixels of the whole photo."""
    pixels = quarters(96, 96).transpose(1, 2, 0)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = number
    path = tmp_path / f"photo.{suffix}"
    Image.fromarray(pixels).save(path, exif=exif)
    with Image.open(path) as photo:
        expected = np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))
    assert np.abs(read_image(path, 96).astype(int) - expected).mean() < 3


def test_broken_exif_data_say_nothing(tmp_path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(quarters(64, 64).transpose(1, 2, 0)).save(path, exif=exif)
    content = path.read_bytes()
    at = content.index(b"Exif")
    for length in range(4, 24):
        path.write_bytes(content[: at + length] + b"\xff" * 12 + content[at + length + 12 :])
        assert 1 <= exif_orientation(path) <= 8
    path.write_bytes(content[: at + 12])
    assert exif_orientation(path) == 1
    exif[ExifTags.Base.Orientation] = 77
    Image.fromarray(quarters(64, 64).transpose(1, 2, 0)).save(path, exif=exif)
    assert read_image(path, 64)[10, 10].argmax() == 0


@pytest.mark.parametrize("name", ["plain", "south_up", "quarter_turn", "rotated", "degrees"])
def test_pictures_with_a_position_are_read_as_they_are_indexed(odd, name):
    assert (read_image(odd[name], 64) == read_whole(odd[name]).rgb).all()


def test_a_world_file_overrules_how_the_camera_was_held(tmp_path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3
    Image.fromarray(quarters(96, 96).transpose(1, 2, 0)).save(path, exif=exif, quality=95)
    turned = read_image(path, 96)
    path.with_suffix(".jgw").write_text("2\n0\n0\n-2\n500000\n5300000\n")
    placed = read_image(path, 96)
    assert np.abs(placed.astype(int) - turned[::-1, ::-1]).max() == 0
    assert placed[10, 10].argmax() == 0
    path.with_suffix(".jgw").write_text("2\n0\n0\n2\n500000\n5300000\n")  # south is up
    assert (read_image(path, 96) == placed[::-1]).all()


def test_grey_and_blank_pictures_are_fine(tmp_path):
    Image.fromarray(quarters()[0]).save(tmp_path / "gray.png")
    assert (np.ptp(read_image(tmp_path / "gray.png", 32), axis=2) == 0).all()
    Image.new("RGB", (64, 64), (120, 120, 120)).save(tmp_path / "blank.png")
    assert read_image(tmp_path / "blank.png", 32).shape == (32, 32, 3)


@pytest.mark.parametrize("name", ["text_file", "empty_file", "missing", "truncated", "all_nan"])
def test_pictures_that_cannot_be_read_say_why(odd, name):
    with pytest.raises(RasterError):
        read_image(odd[name], 32)


def test_real_rasters_give_pictures_or_reasons(real_rasters: list[Path]):
    refused = {}
    for path in real_rasters:
        try:
            with open_raster(path) as raster:
                stretch = estimate_stretch(raster)
                windows = list(TileGrid(raster, auto_tile_size_m(raster)))
                with TileReader(raster.name, stretch, 64) as reader:
                    tiles = [reader.read(w) for w in windows[:: max(1, len(windows) // 8)]]
                assert max(tile.valid for tile in tiles) > 0.5
                # Neither black nor white, and with something to see.
                best = max(tiles, key=lambda tile: tile.valid)
                assert 15 < best.rgb.mean() < 245
                assert best.rgb.std() > 3
        except SceneSearchError as error:
            refused[path.name] = error.message
    assert set(refused) == {"all-nodata.tif", "cog_world.tif"}
    assert "nodata" in refused["all-nodata.tif"]
    assert "alike" in refused["cog_world.tif"]


@pytest.mark.parametrize(("empty", "valid"), [(7, True), (8, True), (9, False)])
def test_a_pixel_that_is_half_valid_is_valid(tmp_path, empty, valid):
    """Of the 4 × 4 samples of the first pixel, each of 2 × 2 in the file, so many are NaN."""
    data = np.full((1, 128, 128), 100.0, np.float32)
    data[0, 64:] = 200.0
    samples = (np.arange(16) < empty).reshape(4, 4)
    data[0, :8, :8][samples.repeat(2, axis=0).repeat(2, axis=1)] = np.nan
    path = write(tmp_path / "a.tif", data)
    with open_raster(path) as raster:
        source = PixelSource(raster.dataset, estimate_stretch(raster).choice)
        block = source.read(Window(0, 0, 128, 128), 16, 16)
    assert block.valid[0, 0] == valid
    assert block.valid.sum() == (256 if valid else 255)
