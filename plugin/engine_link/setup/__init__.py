"""Sets up the engine's environment: interpreter, pip, proxy, lock, progress."""
