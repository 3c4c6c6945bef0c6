"""Results as layers of a project: whose they are, and where they are kept."""
