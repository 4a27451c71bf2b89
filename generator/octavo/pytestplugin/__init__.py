"""The pytest plugin: blocks of tutorials as tests, `pytest --octavo content/flask`.

pytest loads this module in every project in which Octavo is installed. So it adds its options and imports nothing more
until `--octavo` is given.
"""

import pytest

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("octavo", "tutorials of an Octavo site")
    group.addoption("--octavo", action="store_true", help="Collect the blocks of tutorials.")
    group.addoption(
        "--octavo-site",
        metavar="FILE",
        default="",
        help="The site's YAML file. [default: site.yaml in the rootdir or above it]",
    )
    group.addoption(
        "--octavo-trust", action="store_true", help="Run the commands of this checkout, whoever wrote them."
    )
    group.addoption("--octavo-no-cache", action="store_true", help="Run chapters that are verified already.")


def pytest_configure(config: pytest.Config) -> None:
    """Collect tutorials where they are asked for."""
    if config.getoption("--octavo"):
        from octavo.pytestplugin.collecting import Tutorials  # noqa: PLC0415 - see the head of this module

        config.pluginmanager.register(Tutorials(), "octavo-tutorials")
