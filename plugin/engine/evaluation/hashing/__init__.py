"""The hashing benchmark: queries against a database, relevant if of the same class."""
