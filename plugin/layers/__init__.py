"""Between QGIS layers and the engine: raster layer to source, hits to styled layers."""
