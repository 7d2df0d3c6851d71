"""What is true of posts and their numbers, whoever asks. Pure."""
