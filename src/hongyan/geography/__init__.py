"""Which place in China is meant? This package answers from positions, addresses and codes."""
