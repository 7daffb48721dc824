"""The pages and the API: nothing below knows that HTTP exists."""
