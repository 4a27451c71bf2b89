"""The site as a whole: order, addresses, navigation, links and tags, made from cards alone.

Everything here is pure. It knows cards, asset cards and the configuration; it does not know bodies, HTML, templates,
the disk, or whether a build is warm.
"""

from octavo.site.assemble import AssembledSite, PageOutput, Problem, Redirect, SiteFacts, assemble, fill_page
from octavo.site.tutorials import ChapterOutline, TutorialOutline

__all__ = [
    "AssembledSite",
    "ChapterOutline",
    "PageOutput",
    "Problem",
    "Redirect",
    "SiteFacts",
    "TutorialOutline",
    "assemble",
    "fill_page",
]
