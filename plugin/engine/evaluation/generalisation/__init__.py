"""Benchmarks of what training has not seen: places, other classes, graded labels, scales."""
