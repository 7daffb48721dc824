"""The commands of the roster."""
