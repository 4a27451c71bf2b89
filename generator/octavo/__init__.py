"""Octavo turns tutorial chapters into a static site and proves that the tutorial works."""

__all__ = ["__version__"]

__version__ = "0.1.0"
