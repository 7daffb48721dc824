"""What do people here and outside see of what goes beyond the platform?"""
