"""The commands of signed exchange."""
