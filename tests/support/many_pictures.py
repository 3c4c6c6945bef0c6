"""Files that hold several rasters: pages of a TIFF, variables of netCDF, tables of a GeoPackage."""

import rasterio
import rasterio.shutil

from tests.support.patchwork import write_patchwork

#: West and north of neighbouring rasters of 128 m.
PLACES = tuple((500_000 + 128 * number, 5_600_000) for number in range(4))


def write_pages(path, parts):
    """Write rasters, given by their paths, as the pages of one TIFF."""
    for number, part in enumerate(parts):
        more = {"APPEND_SUBDATASET": "YES"} if number else {}
        rasterio.shutil.copy(part, path, driver="GTiff", **more)
    return path


def three_pages(path):
    """Write a TIFF of three pages side by side."""
    parts = [
        write_patchwork(path.with_name("parts") / f"{number}.tif", 128, seed=number, origin=place)
        for number, place in enumerate(PLACES[:3])
    ]
    return write_pages(path, parts)


def write_tables(path, tables):
    """Write a GeoPackage of raster tables of these names, side by side."""
    for number, table in enumerate(tables):
        part = write_patchwork(
            path.with_name("parts") / f"{table}.tif", 128, seed=number, origin=PLACES[number]
        )
        more = {"APPEND_SUBDATASET": "YES"} if number else {}
        rasterio.shutil.copy(part, path, driver="GPKG", RASTER_TABLE=table, **more)
    return path


def write_variables(path, variables):
    """Write a netCDF file of three variables of one grid; GDAL puts a number behind each name."""
    part = write_patchwork(path.with_name("parts") / "variables.tif", 128)
    with rasterio.open(part, "r+") as file:
        for band, variable in enumerate(variables, 1):
            file.update_tags(band, NETCDF_VARNAME=variable)
    rasterio.shutil.copy(part, path, driver="netCDF")
    return path
