"""Who may open the ledgers and the tables of figures? Written from the domain.

Whoever works here reads the figures of his own organisation; a list of people leaves by the doors of exports.
"""

PAGES = {
    "ledgers/": {"GET": "official"},
    "ledgers/statistics/": {"GET": "official"},
    "ledgers/yearly/": {"GET": "official"},
    "ledgers/hosting/": {"GET": "official"},
}
