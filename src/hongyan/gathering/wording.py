"""What do cases and notices say in people's words of somebody who joins a branch of his home?"""

# What stands for an organisation nobody has named.
CHOSEN = "所选组织"


def joins(branch: str) -> str:
    """Say why a case goes to a branch: its member has agreed to join it."""
    return f"本人同意加入{branch}"
