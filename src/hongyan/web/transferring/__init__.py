"""What do both sides see who are asked whether a membership should follow its member?"""
