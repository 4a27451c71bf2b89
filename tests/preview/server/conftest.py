"""A running server over a table of answers, on a free port of the loopback."""

import pytest

from preview_site import Running


@pytest.fixture(name="running")
def fixture_running():
    """A server of one home page; the test may add what it needs, and no fault of the site may go unseen."""
    with Running(poll_seconds=0.05) as running:
        yield running

    assert [] == running.faults
