"""What a member sees and does on his phone, one module for each door."""
