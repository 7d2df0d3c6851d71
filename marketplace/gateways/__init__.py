"""Outside services, one module each: they make what the ports of the rooms promise."""
