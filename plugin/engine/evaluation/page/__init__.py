"""Measured results as one HTML file that needs no network: numbers, curves, examples."""
