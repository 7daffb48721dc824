"""What the figures are; reads across the apps and owns no table."""
