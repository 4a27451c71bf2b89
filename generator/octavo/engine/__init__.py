"""The engine: stages in order, keys, the manifest. It knows no template, no Markdown library, no disk, no terminal."""

from octavo.engine.build import build_site
from octavo.engine.explain import Explanation, explain_output
from octavo.engine.inputs import BuildRequest
from octavo.engine.planning import PlannedSite, plan_site
from octavo.engine.report import BuildCounts, BuildReport
from octavo.engine.workers import LazyPool

__all__ = [
    "BuildCounts",
    "BuildReport",
    "BuildRequest",
    "Explanation",
    "LazyPool",
    "PlannedSite",
    "build_site",
    "explain_output",
    "plan_site",
]
