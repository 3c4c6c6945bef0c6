"""What a raster is made of, told from names and files alone, without GDAL.

The engine needs it before GDAL opens anything, and QGIS's side to know what the engine would
refuse; so it imports the standard library only.
"""
