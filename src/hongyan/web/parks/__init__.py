"""What does a park see that sends its newcomers?"""
