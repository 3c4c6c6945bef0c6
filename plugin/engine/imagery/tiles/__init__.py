"""Square tiles on the ground: their grid, the windows that a region covers, reading them."""
