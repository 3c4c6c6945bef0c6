"""Answering a query: filter, shortlist by code, re-rank by embedding, drop overlapping tiles."""
