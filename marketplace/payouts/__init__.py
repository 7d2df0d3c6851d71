"""Money out: accepted work becomes the creator's money."""
