"""The engine: indexing and searching imagery, outside QGIS. Imports neither qgis nor torch."""
