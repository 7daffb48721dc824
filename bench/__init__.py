"""How fast is Hongyan, beside a floor or a peer measured in the same run?"""
