"""Audience fit: which creators reach the people a brief is for, and why."""
