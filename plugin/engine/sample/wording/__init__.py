"""Descriptions of sample scenes in words."""
