"""Training, measuring and exporting encoders. Imports torch, and never qgis."""
