"""Organisations and their verification; pledges, what they are worth and where they are. Pure."""
