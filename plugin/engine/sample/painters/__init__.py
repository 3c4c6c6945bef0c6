"""One painter for each kind of scene in sample imagery."""
