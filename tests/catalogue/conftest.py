"""What every test of the catalogue asserts of a build that must fail, and of one that must not."""

import os
import shutil

import pytest

from commandline import Outcome, Said, run_here, said
from sitebuilder import Site


class PublishedSite(Site):
    """A site that has been published once, and must stay as it is when a build fails."""

    outcome: Outcome

    def octavo(self, *args: str) -> Outcome:
        """Run the command line on this site."""
        self.outcome = run_here("-f", str(self.root / "site.yaml"), *args)

        assert "Traceback" not in self.outcome.stderr
        assert "internal error" not in self.outcome.stderr
        return self.outcome

    def publish(self, *options: str) -> "PublishedSite":
        """Build, which must succeed without a word of complaint."""
        outcome = self.octavo("build", "-j", "1", *options)

        assert (0, ()) == (outcome.status, said(outcome.stderr)), outcome.stderr
        return self

    def warns(self, code: str, place: str, *, hint: str = "", options: tuple[str, ...] = ()) -> Said:
        """Build, which must publish with this one warning; and fail on it under --strict."""
        outcome = self.octavo("build", "-j", "1", *options)
        (problem,) = self._only(outcome, code, place, hint, "warning")

        assert 0 == outcome.status, outcome.stderr
        strict = self.octavo("check", "-j", "1", "--strict") if not options else outcome._replace(status=1)
        assert 1 == strict.status, strict.stderr
        return problem

    def refuses(
        self, code: str, place: str, *, hint: str, status: int = 1, also: tuple[str, ...] = ()
    ) -> Said:
        """Build, which must fail with this error here and leave the old site as it was; *also* are further codes."""
        before = self._published()
        outcome = self.octavo("build", "-j", "1")
        (problem,) = self._only(outcome, code, place, hint, "error", also)

        assert status == outcome.status, outcome.stderr
        assert before == self._published()
        return problem

    def refuses_usage(self, words: str, *, hint: str, options: tuple[str, ...] = (), status: int = 2) -> str:
        """Build, which must fail before the content is looked at; gives what was said."""
        before = self._published()
        outcome = self.octavo("build", "-j", "1", *options)

        assert status == outcome.status, outcome.stderr
        assert words in outcome.stderr
        hints = [line for line in outcome.stderr.splitlines() if line.startswith("hint: ")]
        assert any(hint in line for line in hints), outcome.stderr
        assert before == self._published()
        return outcome.stderr

    def _only(
        self, outcome: Outcome, code: str, place: str, hint: str, severity: str, also: tuple[str, ...] = ()
    ) -> tuple[Said, ...]:
        problems = said(outcome.stderr)
        found = [item for item in problems if (item.code, item.place) == (code, place)]

        assert [(code, place)] == [(item.code, item.place) for item in found], outcome.stderr
        assert sorted([code, *also]) == sorted(item.code for item in problems), outcome.stderr
        assert severity == found[0].severity
        assert hint in found[0].hint, outcome.stderr
        assert found[0].hint or severity == "warning"
        return tuple(found)

    def _published(self) -> tuple[int, dict[str, bytes]]:
        return (os.stat(self.out).st_ino, self.tree()) if self.out.exists() else (0, {})


@pytest.fixture(name="blank")
def fixture_blank(tmp_path):
    """A site folder with a title and nothing else, never built."""
    return PublishedSite(tmp_path / "site").write("site.yaml", "title: Test site\n")


@pytest.fixture(name="warm_cache", scope="session")
def fixture_warm_cache(tmp_path_factory):
    """The cache of another site: reading the templates of the theme is most of what a small build costs."""
    other = PublishedSite(tmp_path_factory.mktemp("other") / "site").write("site.yaml", "title: Other\n")
    return other.page("index.md", "# Other\n").publish().root / ".octavo"


@pytest.fixture(name="site")
def fixture_site(blank, warm_cache):
    """A site that was published with a home page; a build that fails must leave it as it is."""
    shutil.copytree(warm_cache, blank.root / ".octavo")
    return blank.page("index.md", "# Home\n").publish()
