"""Pages for members of a brand."""
