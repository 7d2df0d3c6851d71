"""Does the ledger agree with the processor?"""
