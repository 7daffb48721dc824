"""Who is away and was never marked: found by surveys, by posters, by parks, and brought home to a branch."""
