"""Encoder packages: reading, checking, running and writing them."""
