"""The commands of ``scene-search``, one a file."""
