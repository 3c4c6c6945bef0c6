"""Opening raster files through GDAL, and telling what is wrong with those that do not open."""
