"""Pure Python that every room may lean on; knows no room, no database, no web."""
