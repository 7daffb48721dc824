"""How does everybody who belongs here come in, prove himself again, and leave?"""
