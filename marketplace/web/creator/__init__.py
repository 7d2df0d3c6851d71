"""Pages for creators."""
