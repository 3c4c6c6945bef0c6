"""The dock's query part: from what the analyst asks to a request of the engine."""
