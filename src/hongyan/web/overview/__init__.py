"""The figures of every organisation and the lists they open."""
