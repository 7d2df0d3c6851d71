"""Pages: what a person sees, one package for each audience."""
