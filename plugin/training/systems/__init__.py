"""Complete trainable systems, one a file."""
