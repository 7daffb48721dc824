"""Hongyan (鸿雁): nobody who moves is lost; each app below answers one question of that promise."""

import gc

# Rows come and go by the thousand and hold no cycles: to look for cycles after every 700 of them took a fifth
# of an import. What does hold cycles waits a little longer, some ten megabytes a process at most.
gc.set_threshold(50_000, 20, 20)
