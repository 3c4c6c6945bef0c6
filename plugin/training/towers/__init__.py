"""Image and text towers and the heads on them."""
