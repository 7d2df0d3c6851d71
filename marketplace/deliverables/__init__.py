"""What is owed, handed in, reviewed and live."""
