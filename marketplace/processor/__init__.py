"""Calls to the payment processor: one row for each intended call, one for each send."""
