"""The roster as the national system has it: exports taken in and compared, and duplicates."""
