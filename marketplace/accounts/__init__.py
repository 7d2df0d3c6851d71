"""People, and the brands they act for."""
