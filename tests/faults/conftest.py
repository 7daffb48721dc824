"""Which installation is it whose faults are tried: one of its own for each file, with the small demo in it?"""

import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, database_vendor: str) -> Installation:
    """Load the small demo into an installation of its own."""
    made = Installation(tmp_path_factory.mktemp("installation"), database_vendor)
    done = made.command("demo", "--scale", "small")
    assert done.returncode == 0, done.stderr
    return made
