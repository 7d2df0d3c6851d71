"""The third door: flask commands, and the local runner of `make run`."""
