"""What two people decide, and what the processor does by itself. Pure."""
