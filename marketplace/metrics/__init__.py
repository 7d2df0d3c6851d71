"""Readings of live posts: when to take one, what it says, and what it never says."""
