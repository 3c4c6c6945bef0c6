"""When, by what and how imagery was taken: STAC items, product metadata, file names."""
