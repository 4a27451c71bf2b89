"""IN: texts of other files in a page, by a code block and by a directive."""

import os
import socket
import time

import pytest

from commandline import said
from previewedsite import PreviewedSite
from sitebuilder import Site

CODE = """\
a = 1
# region: one
b = 2
# endregion: one
# region: open
c = 3
# region: empty

# endregion: empty
"""


@pytest.fixture(name="including", params=["fence", "directive"])
def fixture_including(request, site):
    """Write a page `a.md` that includes a reference in one of the two ways; gives the place of a complaint."""

    def including(reference):
        if request.param == "fence":
            site.page("a.md", f'# A\n\n```text include="{reference}"\n```\n')
            return "content/a.md:3:18"
        site.page("a.md", f"# A\n\n::: include {reference}\n")
        return "content/a.md:3:1"

    return including


@pytest.mark.parametrize(
    ("reference", "code", "hint"),
    [
        ("/etc/passwd", "include-missing", "a leading slash means the site folder"),
        ("/proc/self/environ", "include-missing", "a leading slash means the site folder"),
        ("../../secret.txt", "include-path", "a leading slash means the site folder"),
        ("/../secret.txt", "include-path", "a leading slash means the site folder"),
        ("d/../../../secret.txt", "include-path", "a leading slash means the site folder"),
        ("..\\secret.txt", "include-path", "slashes"),
        ("%2e%2e/%2e%2e/secret.txt", "include-missing", "relative"),
        ("%252e%252e/secret.txt", "include-missing", "relative"),
        ("..%2f..%2fsecret.txt", "include-missing", "relative"),
        ("C:/secret.txt", "include-path", "inside the site"),
        ("~/secret.txt", "include-missing", "relative"),
        ("#one", "include-path", "before the `#`"),
        ("..", "include-path", "name a file"),
        ("/", "include-path", "name a file"),
        ("/.env", "include-missing", "never shown"),
        ("../.git/config", "include-missing", "never shown"),
        ("/.octavo/cache/CACHEDIR.TAG", "include-missing", "never shown"),
        ("/id_rsa", "include-missing", "never shown"),
    ],
)
def test_in_01_an_include_stays_inside_the_site(site, including, reference, code, hint):
    (site.root.parent / "secret.txt").write_text("secret")
    site.write(".env", "secret").write(".git/config", "secret").write("id_rsa", "secret")
    place = including(reference)

    site.refuses(code, place, hint=hint)

    assert "secret\n" not in site.outcome.stderr.replace("secret.txt", "")


def test_in_02_a_folder_whose_name_begins_alike_is_outside(site, including):
    (site.root.parent / "site_secret").mkdir()
    (site.root.parent / "site_secret" / "x.txt").write_text("secret")
    place = including("../../site_secret/x.txt")

    site.refuses("include-path", place, hint="put the file into the site")


def test_in_02_also_through_a_link(site, including):
    (site.root.parent / "site_secret").mkdir()
    (site.root.parent / "site_secret" / "x.txt").write_text("secret")
    (site.root / "x.txt").symlink_to("../site_secret/x.txt")
    place = including("/x.txt")

    site.refuses("include-missing", place, hint="copy the file into the site folder")


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("/file.txt", "copy the file"),
        ("/folder/secret.txt", "copy the file"),
        ("/parent/out/secret.txt", "copy the file"),
        ("/chain.txt", "copy the file"),
        ("/env.txt", "never shown"),
        ("/gone.txt", "relative"),
        ("/loop.txt", ""),
    ],
)
def test_in_03_a_link_is_judged_by_where_it_leads(site, including, reference, hint):
    outside = site.root.parent / "out"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    site.write(".env", "secret")
    for name, target in {
        "file.txt": outside / "secret.txt",
        "folder": outside,
        "parent": "..",
        "chain.txt": "file.txt",
        "env.txt": ".env",
        "gone.txt": "nowhere",
        "loop.txt": "loop.txt",
    }.items():
        (site.root / name).symlink_to(target)
    place = including(reference)

    site.refuses("include-missing", place, hint=hint)


@pytest.mark.parametrize("reference", ["/inner.txt", "/link/x.txt", "/hard.txt"])
def test_in_03_links_inside_the_site_are_followed(site, including, reference):
    site.write("real/x.txt", "what is inside\n")
    (site.root / "inner.txt").symlink_to("real/x.txt")
    (site.root / "link").symlink_to("real")
    # A hard link has no target that anybody could judge: it is the file.
    os.link(site.root / "real" / "x.txt", site.root / "hard.txt")
    including(reference)
    site.publish()

    assert "what is inside" in site.main("a/")


def test_in_04_a_file_that_includes_itself_is_an_error(site):
    problem = site.page("a.md", "# A\n\n::: include a.md\n").refuses(
        "include-cycle", "content/a.md:3:1", hint="`content/a.md` > `content/a.md`"
    )

    assert "itself" in problem.message


def test_in_04_a_cycle_is_an_error_with_its_chain(site):
    site.page("a.md", "# A\n\n::: include _b.md\n").page("_b.md", "b\n\n::: include _c.md\n").page(
        "_c.md", "c\n\n::: include _b.md\n"
    )

    problem = site.refuses(
        "include-cycle", "content/_c.md:3:1", hint="`content/_b.md` > `content/_c.md` > `content/_b.md`"
    )

    assert problem.hint.endswith("included from `content/_b.md:3:1`, from `content/a.md:3:1`")


def chain(site: Site, length: int) -> None:
    site.page("a.md", "# A\n\n::: include _0.md\n")
    for number in range(length):
        site.page(
            f"_{number}.md",
            f"text {number}\n\n::: include _{number + 1}.md\n" if number < length - 1 else "the end\n",
        )


def test_in_04_sixteen_files_may_include_each_other(site):
    chain(site, 16)
    site.publish()

    assert "text 14" in site.main("a/")
    assert "the end" in site.main("a/")


@pytest.mark.parametrize("length", [17, 10_000])
def test_in_04_a_longer_chain_is_one_error(site, length):
    chain(site, length)

    problem = site.refuses("include-depth", "content/_15.md:3:1", hint="included from `content/_14.md:3:1`")

    assert "16" in problem.message


def test_in_04_files_that_include_each_other_doubly_are_one_error(site):
    site.page("a.md", "# A\n\n::: include _0.md\n")
    for number in range(14):
        site.page(f"_{number}.md", f"::: include _{number + 1}.md\n\n::: include _{number + 1}.md\n")
    site.page("_14.md", "```text\n" + "x" * 2_000 + "\n```\n")
    started = time.process_time()

    (place,) = {
        item.place
        for item in said(site.octavo("build", "-j", "1").stderr)
        if item.code == "include-too-large"
    }
    site.refuses("include-too-large", place, hint="include less")

    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.py",
        "http://localhost/x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "//example.org/x",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_in_05_an_address_is_an_error_since_nothing_is_fetched(site, including, monkeypatch, url):
    def refuse(*_args, **_kwargs):
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    place = including(url)

    problem = site.refuses("include-url", place, hint="put the file into the site")

    assert "nothing is fetched" in problem.message


@pytest.mark.parametrize(
    ("reference", "code", "hint"),
    [
        ("/gone.py", "include-missing", "relative"),
        ("gone.py", "include-missing", "relative"),
        ("/code.py#two", "include-region", "`one`"),
        ("/plain.py#two", "include-region", "region: two"),
        ("/code.py#open", "include-region", "endregion: open"),
        ("/code.py#empty", "include-empty", "another part"),
        ("/code.py#8", "include-empty", "another part"),
        ("/code.py#10-5", "include-range", "#10-20"),
        ("/code.py#0", "include-range", "#10-20"),
        ("/code.py#0-3", "include-range", "#10-20"),
        ("/code.py#3-99", "include-range", "lines that the file has"),
        ("/code.py#99", "include-range", "lines that the file has"),
        ("/empty.py", "include-empty", "another part"),
        ("/blank.py", "include-empty", "another part"),
    ],
)
def test_in_06_a_part_that_is_not_there_is_an_error_at_the_directive(site, including, reference, code, hint):
    site.write("code.py", CODE).write("plain.py", "x = 1\n").write("empty.py", "").write(
        "blank.py", "\n \n\t\n"
    )
    place = including(reference)

    site.refuses(code, place, hint=hint)


def test_in_06_code_that_drifts_away_never_publishes_an_empty_block(site, including):
    site.write("code.py", CODE)
    place = including("/code.py#one")
    site.publish()
    site.write("code.py", CODE.replace("region: one", "region: uno"))

    site.refuses("include-region", place, hint="`uno`")


def special(site):
    root = site.root
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    os.mkfifo(root / "target")
    (root / "link").symlink_to("target")
    bound = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(root)  # the path of a socket is short
    bound.bind("socket")
    os.chdir(here)
    bound.close()


@pytest.mark.parametrize("reference", ["/folder", "/pipe", "/socket", "/link", "."])
def test_in_07_only_regular_files_are_read_and_nothing_hangs(site, including, reference):
    special(site)
    place = including(reference)

    problem = site.refuses("include-missing", place, hint="name a file")

    assert "not a regular file" in problem.message


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser makes devices"
)
def test_in_07_a_device_is_no_file(site, including):
    os.mknod(site.root / "zero", 0o20666, os.makedev(1, 5))
    place = including("/zero")

    site.refuses("include-missing", place, hint="name a file")


def test_in_07_a_link_to_a_device_is_outside(site, including):
    (site.root / "zero").symlink_to("/dev/zero")
    place = including("/zero")

    site.refuses("include-missing", place, hint="copy the file")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)),
        "Café\n".encode("latin-1"),
        b"a\0b\n",
        "abc\n".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n\0",
        b"\xed\xa0\x80",
    ],
)
def test_in_08_what_is_no_utf8_text_is_an_error(site, including, data):
    site.write("data.bin", data)
    place = including("/data.bin")

    problem = site.refuses("include-missing", place, hint="save it as UTF-8")

    assert "not UTF-8" in problem.message


def test_in_08_a_file_without_end_is_an_error(site, including):
    site.write("large.txt", "x" * (2 * 1024 * 1024 + 1))
    place = including("/large.txt")

    site.refuses("include-missing", place, hint="smaller")


WAY = "included from `content/_b.md:3:1`, from `content/a.md:5:1`"


@pytest.mark.parametrize(
    ("text", "code", "place", "severity"),
    [
        ("::: include gone.md\n", "include-missing", "6:1", "error"),
        ('```text include="gone.py"\n```\n', "include-missing", "6:18", "error"),
        ("[x](gone.md)\n", "broken-link", "6:5", "warning"),
        ("![y](gone.png)\n", "missing-asset", "6:6", "warning"),
        ("[x](#gone)\n", "broken-anchor", "6:5", "warning"),
        ("```pyhton\n```\n", "unknown-language", "6:4", "warning"),
        ("::: nonsense\n:::\n", "unknown-container", "6:1", "warning"),
    ],
)
def test_in_09_a_problem_of_an_included_text_has_its_own_place_and_the_way_to_it(
    site, text, code, place, severity
):
    site.page("a.md", "---\ntitle: A\n---\n\n::: include _b.md\n").page("_b.md", "b\n\n::: include d/_c.md\n")
    site.page("d/_c.md", "---\norder: 1\n---\nc\n\n" + text)
    place = f"content/d/_c.md:{place}"

    problem = (
        site.refuses(code, place, hint=WAY) if severity == "error" else site.warns(code, place, hint=WAY)
    )

    assert text.split("\n")[0] == problem.excerpt


def test_in_09_a_problem_behind_a_region_has_the_line_of_the_file(site):
    site.page("a.md", "# A\n\n::: include _b.md#part\n")
    site.page("_b.md", "one\n\n<!-- region: part -->\n\n[x](gone.md)\n\n<!-- endregion: part -->\n")

    site.warns("broken-link", "content/_b.md:5:5", hint="included from `content/a.md:3:1`")


def test_in_09_a_problem_that_comes_in_by_two_ways_is_reported_once(site):
    site.page("a.md", "# A\n\n::: include _b.md\n\n::: include _c.md\n")
    site.page("_b.md", "b\n\n::: include _d.md\n").page("_c.md", "c\n\n::: include _d.md\n")
    site.page("_d.md", "::: include gone.md\n")

    site.refuses(
        "include-missing",
        "content/_d.md:1:1",
        hint="included from `content/_b.md:3:1`, from `content/a.md:3:1`",
    )


def test_in_10_a_file_that_changes_or_goes_while_it_is_served_reaches_those_that_include_it(site):
    site.write("code.py", "a = 1\n").page("one.md", '# One\n\n```text include="/code.py"\n```\n')
    site.page("two.md", "# Two\n")
    preview = PreviewedSite(site.root)
    other = preview.page("two/index.html")
    preview.page("one/index.html")
    site.write("code.py", "a = 2\n")
    preview.look()
    assert b"a = 2" in preview.page("one/index.html")

    (site.root / "code.py").unlink()
    preview.look()

    (problem,) = preview.session.problems_of("one/index.html")
    assert ("include-missing", "error") == (problem.code, problem.severity)
    assert b"a = 2" in preview.page("one/index.html")
    assert other == preview.page("two/index.html")
    assert () == preview.session.problems_of("two/index.html")
