"""How we talk to PostgreSQL; knows no room."""
