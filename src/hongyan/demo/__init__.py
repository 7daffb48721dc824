"""The demo: a whole province of invented people, on its real map."""
