"""Measures how well an encoder retrieves: hashing and caption benchmarks."""
