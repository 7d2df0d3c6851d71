"""What campaigns pledge to a cause, and the organisations that receive it."""
