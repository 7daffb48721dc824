"""Documents: files that come in are read in a cage, files that go out carry nothing dangerous; no tables."""
