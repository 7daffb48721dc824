"""The pages of officials, made for a desk."""
