"""Who the members and the officials are, and who may act where."""
