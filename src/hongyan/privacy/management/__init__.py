"""What privacy offers on the command line."""
