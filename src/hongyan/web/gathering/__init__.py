"""Pages about members of one home who are together elsewhere, and about the branch they form or join."""
