"""Which steps made the tables of geography?"""
