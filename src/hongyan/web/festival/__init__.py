"""Pages about who is home for the Spring Festival, and what is planned with them."""
