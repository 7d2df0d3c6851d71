"""The platform's own money, and what finance decides about money that went wrong."""
