"""Creators: who can be hired, their channels, and who watches them."""
