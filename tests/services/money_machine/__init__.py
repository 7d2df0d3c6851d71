"""Every event of money in any order, through the real ledger, against plain Python."""
