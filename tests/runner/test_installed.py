"""What of an environment stands first on a page."""

from octavo.edges.runner.installed import Package, sort_packages
from octavo.edges.runner.requirements import Pin, Requirements


def listed(*names):
    pins = tuple(Pin(name=name, file="_requirements.txt", line=1, text=f"{name}==1") for name in names)
    return Requirements(pins=pins)


def package(name, *needs):
    return Package(name=name, version="1", needs=needs)


def test_what_nobody_asks_for_was_chosen_and_stands_first():
    packages = (
        package("blinker"),
        package("click"),
        package("Flask", "blinker", "click"),
        package("pytest", "pluggy"),
        package("pluggy"),
        package("extra"),
    )

    names = [
        name
        for name, _ in sort_packages(
            packages, listed("blinker", "click", "flask", "pluggy", "pytest"), frozenset()
        )
    ]

    assert ["Flask", "pytest", "blinker", "click", "pluggy", "extra"] == names


def test_packages_that_ask_for_each_other_keep_the_order_of_the_file():
    packages = (package("a", "b"), package("b", "a"))

    assert ["b", "a"] == [name for name, _ in sort_packages(packages, listed("b", "a"), frozenset())]
