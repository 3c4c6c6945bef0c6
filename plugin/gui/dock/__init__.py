"""The dock: its pages, and what joins index, search, results and setup to each other."""
