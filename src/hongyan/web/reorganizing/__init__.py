"""Merging, splitting, renaming, closing and moving an organisation from above: looked at first, then done."""
