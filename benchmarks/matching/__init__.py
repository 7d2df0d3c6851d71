"""What the benchmark of matching measures over: an invented market, and vectors beside it."""
