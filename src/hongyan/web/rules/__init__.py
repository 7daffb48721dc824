"""Pages of the rules: how long each step may take, how one is reminded, by whom; does the schedule run?"""
