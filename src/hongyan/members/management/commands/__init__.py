"""What members offer on the command line."""
