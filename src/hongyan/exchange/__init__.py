"""How does a case reach somebody who works elsewhere, and how does his answer come back?"""
