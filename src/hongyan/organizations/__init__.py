"""Which Party organisations exist, where they stand in the tree, and whom they serve where."""
