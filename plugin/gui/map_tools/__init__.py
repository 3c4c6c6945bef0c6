"""Map tools that draw a query region or pick a hit."""
