"""Schedule: work that begins by itself, at its hour or because somebody queued it."""
