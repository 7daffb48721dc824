"""The vault: seals personal values, hashes them for look-up, masks them for the eye; it has no tables."""
