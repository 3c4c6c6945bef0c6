"""Training and measuring image hashing."""
