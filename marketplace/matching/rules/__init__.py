"""How creators and briefs are brought together. Pure."""
