"""What do home, host and member see of coming home, and of going out again?"""
