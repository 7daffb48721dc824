"""Pages about people who were found instead of marked."""
