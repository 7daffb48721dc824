"""Django's usual door, for people who look for it; the same as the `hongyan` command."""

from hongyan.__main__ import main

if __name__ == "__main__":
    main()
