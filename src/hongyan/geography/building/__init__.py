"""How are the packed tables of this app made from their published sources?"""
