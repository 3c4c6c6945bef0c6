"""Rasters in: any file that GDAL reads becomes tiles of equal ground size, in 8-bit colours."""
