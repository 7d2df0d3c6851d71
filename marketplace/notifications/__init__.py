"""What to tell whom. Rooms above call ``tell``; nobody sends e-mail themselves."""
