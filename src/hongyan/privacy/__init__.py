"""Privacy: what is kept of whom, why, how long, who may have it, and what a person may ask for."""
