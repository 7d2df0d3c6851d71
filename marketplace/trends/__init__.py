"""What is posted more and more, or less and less: growth, remaining life, and briefs that ride."""
