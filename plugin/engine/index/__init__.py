"""The index file: one GeoPackage of tiles, their codes and embeddings, and the scan over codes."""
