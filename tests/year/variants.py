"""One variant of the year in this process, asked for by `campaign.py` and never part of the suite."""

import os
from pathlib import Path

import pytest

from tests.year.campaign import VARIANTS, alone


@pytest.mark.django_db(transaction=True)
def variant_of_the_year() -> None:
    """Let the year pass as the environment says."""
    name, into = os.environ["HONGYAN_TEST_VARIANT"], Path(os.environ["HONGYAN_TEST_RESULT"])
    count, seed = int(os.environ["HONGYAN_TEST_COUNT"]), int(os.environ["HONGYAN_TEST_SEED"])
    alone(count, seed, ladder=VARIANTS[name], into=into)
