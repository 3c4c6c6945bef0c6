"""Training and measuring text–image systems."""
