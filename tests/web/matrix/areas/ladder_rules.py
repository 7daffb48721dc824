"""Who reads what is late below him?"""

PAGES = {"raised/": {"GET": "duty:decide"}}
