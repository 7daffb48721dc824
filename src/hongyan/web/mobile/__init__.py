"""The pages of members, made for a phone."""
