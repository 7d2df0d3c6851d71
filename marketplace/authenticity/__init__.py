"""Which of the views that are read have a sign of purchase, and who has the last word on it."""
