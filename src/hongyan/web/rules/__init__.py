"""Pages of the rules: how long each step may take, since when, by whom; and whether the schedule runs."""
