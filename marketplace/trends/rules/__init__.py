"""How fast a trend grows, how long it may still live, and whether a brief can catch it. Pure."""
