"""The dialog that sets up the engine, and what tells its state."""
