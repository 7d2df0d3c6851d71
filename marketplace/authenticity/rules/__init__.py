"""What a sign of purchase is, and the life of a question about views. Pure."""
