"""Which ledgers, tables and papers are written out of what the platform knows anyway?"""
