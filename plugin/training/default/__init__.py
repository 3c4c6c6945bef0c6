"""Making the default encoder."""
