"""Which commands does geography offer?"""
