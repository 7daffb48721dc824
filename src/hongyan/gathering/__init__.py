"""Who of one home area is together in one place, and do they want a branch of their own there?"""
