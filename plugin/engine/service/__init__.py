"""What the server keeps and tells: open indexes and encoders, facts about the engine, doctor."""
