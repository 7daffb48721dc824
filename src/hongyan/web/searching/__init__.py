"""How does an official find a person or an organisation from wherever he is?"""
