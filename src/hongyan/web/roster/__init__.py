"""Pages of the roster: exports taken in, compared and written; members one by one; duplicates."""
