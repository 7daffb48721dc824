"""What does somebody see who deals with many cases at once?"""
