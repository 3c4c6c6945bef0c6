"""From a raster's bands to the eight-bit RGB that encoders see: bands, nodata, stretch."""
