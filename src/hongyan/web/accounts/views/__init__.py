"""What is seen at the doors: sign-in, step-up, second factor, password, sessions."""
