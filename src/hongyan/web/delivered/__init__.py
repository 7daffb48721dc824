"""What do providers report after sending: did a message arrive on the phone?"""
