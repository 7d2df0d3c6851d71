"""Money as double entry; knows nothing of brands or campaigns."""
