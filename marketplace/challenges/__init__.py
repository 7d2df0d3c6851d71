"""Challenges: open to every creator, with prizes for those whose posts are watched most."""
