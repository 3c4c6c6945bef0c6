"""Small widgets and texts that every part of the dock may use."""
