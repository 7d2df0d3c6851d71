"""The life of a challenge, its days, its prizes and who wins which. Pure."""
