"""What `octavo new` writes: a small site, as text made of the templates in `site/`, and its way onto the disk.

This package prints nothing and knows nothing of the engine.
"""

from octavo.scaffold.plan import NewFile, plan_site
from octavo.scaffold.requirement import local_path, read_requirement
from octavo.scaffold.title import site_title
from octavo.scaffold.writing import names_in_the_way, write_files

__all__ = [
    "NewFile",
    "local_path",
    "names_in_the_way",
    "plan_site",
    "read_requirement",
    "site_title",
    "write_files",
]
