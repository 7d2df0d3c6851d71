"""What a brand wants, by when, for how much."""
