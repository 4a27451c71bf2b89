"""Rendering: a theme and a task in, the text of one output out. The only package that knows Jinja.

It is pure: it reads no file and no clock. It must not know how a site is assembled nor what is on disk.
"""

from octavo.render.environment import make_environment
from octavo.render.faults import merge_repeated
from octavo.render.fragments import fill_nav, render_nav
from octavo.render.page import render_page, render_system
from octavo.render.templates import check_templates, template_closures

__all__ = [
    "check_templates",
    "fill_nav",
    "make_environment",
    "merge_repeated",
    "render_nav",
    "render_page",
    "render_system",
    "template_closures",
]
