"""What the analyst sees: the dock, its parts, and the map tools."""
