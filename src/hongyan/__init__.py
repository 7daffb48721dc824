"""Hongyan (鸿雁): nobody who moves is lost; each app below answers one question of that promise."""
