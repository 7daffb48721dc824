"""Which functions with a scope filter has a request run?"""

RUN: set[str] = set()
