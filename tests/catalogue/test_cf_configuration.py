"""CF: site.yaml, the output folder, and the environment in which a build runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from commandline import run_here, run_octavo, said, without_privileges
from octavo.cli.group import cli
from previewedsite import PreviewedSite


def everything(root):
    """Read all that stands in a folder, the cache aside."""
    paths = (path for path in sorted(root.rglob("*")) if ".octavo" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in paths}


# ---------------------------------------------------------------- site.yaml


def test_cf_01_a_missing_site_yaml_says_how_to_start(site):
    (site.root / "site.yaml").unlink()

    site.refuses_usage("no `site.yaml`", hint="octavo new DIR")


def test_cf_01_a_folder_in_its_place_is_an_error(site):
    (site.root / "site.yaml").unlink()
    (site.root / "site.yaml").mkdir()

    site.refuses_usage("`site.yaml`", hint="octavo new DIR")


def test_cf_01_one_that_may_not_be_read_is_an_error(site):
    (site.root / "site.yaml").chmod(0)

    outcome = run_octavo("build", cwd=site.root, before=without_privileges)

    assert 2 == outcome.status
    assert "`site.yaml` cannot be read: Permission denied" in outcome.stderr
    assert "hint: check that it is a file and that you may read it" in outcome.stderr


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"])
def test_cf_01_an_empty_one_says_what_it_needs(site, text):
    site.write("site.yaml", text).refuses("missing-key", "site.yaml:1:1", hint="`title`", status=2)


def test_cf_01_one_without_a_title_says_what_it_needs(site):
    site.write("site.yaml", "description: x\n").refuses(
        "missing-key", "site.yaml:1:1", hint="title: ", status=2
    )


@pytest.mark.parametrize(
    ("yaml", "code", "place", "hint"),
    [
        ("titel: x", "unknown-key", "2:1", "did you mean `title`?"),
        ("site_name: x", "unknown-key", "2:1", "`title`"),
        ("docs_dir: docs", "unknown-key", "2:1", "`content_dir`"),
        ("markdown: {htm: true}", "unknown-key", "2:12", "did you mean `html`?"),
        ("validation:\n  link: off", "unknown-key", "3:3", "did you mean `links`?"),
        ("strict: true", "unknown-key", "2:1", "--strict"),
        ("nonsense: 1", "unknown-key", "2:1", "`extra`"),
        ("markdown: {html: yes}", "wrong-type", "2:18", "`true`"),
        ("markdown: {html: maybe}", "wrong-type", "2:18", "one of the two"),
        ("markdown: commonmark", "wrong-type", "2:11", "`html`"),
        ("markdown: {max_nesting: deep}", "wrong-type", "2:25", "digits"),
        ("markdown: {max_nesting: 9}", "invalid-value", "2:25", "correct the number"),
        ("markdown: {max_nesting: 201}", "invalid-value", "2:25", "correct the number"),
        ("validation: {links: warn}", "wrong-type", "2:21", "did you mean `warning`?"),
        ("validation: {links: 3}", "wrong-type", "2:21", "one of these words"),
        ("search: maybe", "wrong-type", "2:9", "one of the two"),
        ("extra_css: style.css", "wrong-type", "2:12", "[style.css]"),
        ("extra_css: [../style.css]", "unsafe-path", "2:13", "relative path"),
        ("logo: /etc/passwd", "unsafe-path", "2:7", "relative path"),
        ("content_dir: ../other", "unsafe-path", "2:14", "relative path"),
        ("theme: ../other", "unsafe-path", "2:8", ""),
        ("language: en_US", "invalid-value", "2:11", "`en-US`"),
        ("repository: {url: 'ftp://x/y'}", "invalid-value", "2:19", "https://"),
        ("repository: {edit: x}", "invalid-value", "2:20", "{file}"),
        ("footer: [imprint.md]", "wrong-type", "2:10", "Title: page.md"),
        ("highlight: {light: nope}", "unknown-style", "2:20", ""),
    ],
)
def test_cf_02_a_key_that_is_unknown_or_wrong_is_an_error_at_its_place(site, yaml, code, place, hint):
    # What only the style sheets and themes know is found with the content: status 1.
    status = 1 if code == "unknown-style" else 2

    site.config(yaml + "\n").refuses(code, f"site.yaml:{place}", hint=hint, status=status)


def test_cf_02_all_mistakes_are_reported_at_once(site):
    site.config("foo: 1\nsearch: maybe\nmarkdown: {htm: true}\n")

    found = said(site.octavo("build").stderr)

    assert ["site.yaml:2:1", "site.yaml:3:9", "site.yaml:4:12"] == [item.place for item in found]


# ---------------------------------------------------------------- the output folder


@pytest.mark.parametrize(
    "folder",
    [".", "..", "/", "'~'", "~/x", "../..", "''", "./", "sub/../..", ".git", ".octavo/cache", "'a\\b'"],
)
def test_cf_03_an_output_folder_that_holds_the_site_is_an_error_in_site_yaml(site, folder):
    before = everything(site.root.parent)
    site.config(f"site_dir: {folder}\n")

    site.refuses("unsafe-path", "site.yaml:2:11", hint="a folder of its own", status=2)
    site.write("site.yaml", "title: Test site\n")

    assert before == everything(site.root.parent)


@pytest.mark.parametrize(
    "folder", ["content", "content/out", "./content/", "_site/../content", "theme", "theme/out"]
)
def test_cf_03_the_output_folder_is_no_folder_of_sources(site, folder):
    site.config(f"site_dir: {folder}\n").refuses(
        "folder-overlap", "site.yaml:2:11", hint="a folder of its own", status=2
    )


@pytest.mark.parametrize(
    "folder", ["{site}", "{site}/..", "{site}/../site", "/", "{site}/content", "{site}/content/x", "{site}/.git", "{site}/.octavo", "{home}", "{home}/..", "", "~", "~/x"]
)  # fmt: skip
def test_cf_03_nor_may_the_command_line_name_such_a_folder(site, tmp_path, monkeypatch, folder):
    (tmp_path / "home" / "me").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    before = everything(tmp_path)

    site.refuses_usage(
        "error: ", hint="folder", options=("-d", folder.format(site=site.root, home=tmp_path / "home" / "me"))
    )

    # A folder that is refused does not even get a lock file beside it.
    assert before == everything(tmp_path)


def test_cf_03_a_folder_with_a_repository_is_refused(site, tmp_path):
    (tmp_path / "out" / ".git").mkdir(parents=True)

    site.refuses_usage("git repository", hint="-d", options=("-d", str(tmp_path / "out")))


def test_cf_03_a_link_is_judged_by_where_it_leads(site):
    (site.root / "out").symlink_to("content")
    site.config("site_dir: out\n")
    before = everything(site.root)

    site.refuses_usage("source folder", hint="site_dir")

    assert before == everything(site.root)


@pytest.mark.parametrize("file", ["thesis.tex", "index.html", ".hidden", "a/b/c.txt"])
def test_cf_04_a_folder_with_files_of_somebody_else_is_never_touched(site, tmp_path, file):
    (tmp_path / "out" / file).parent.mkdir(parents=True)
    (tmp_path / "out" / file).write_text("years of work")
    before = everything(tmp_path)

    site.refuses_usage(
        "is not empty and was not made by octavo",
        hint="another folder",
        options=("-d", str(tmp_path / "out")),
    )

    assert before == everything(tmp_path)


@pytest.mark.parametrize("options", [(), ("--no-cache",)])
@pytest.mark.parametrize("file", ["thesis.tex", "a/b/c.txt"])
def test_cf_04_nor_is_a_file_that_somebody_put_into_our_folder(site, file, options):
    site.write(f"_site/{file}", "years of work").page("b.md", "# B\n")

    site.refuses_usage(f"`_site/{file}`", hint="into the content folder", options=options, status=3)

    assert "years of work" == (site.out / file).read_text()


def test_cf_04_a_file_in_the_place_of_the_folder_is_kept(site):
    site.write("out", "a file").config("site_dir: out\n")

    site.refuses_usage("not a folder", hint="site_dir")

    assert "a file" == (site.root / "out").read_text()


def test_cf_04_an_empty_folder_and_one_of_ours_are_used(site, tmp_path):
    (tmp_path / "out").mkdir()

    site.publish("-d", str(tmp_path / "out"))
    shutil.rmtree(site.root / ".octavo")
    site.publish("-d", str(tmp_path / "out"))

    assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize(
    ("yaml", "column"), [("content_dir: _site/x", 14), ("content_dir: .", 14), ("content_dir: _site", 14)]
)
def test_cf_05_sources_inside_the_output_are_an_error(site, yaml, column):
    site.config(yaml + "\n").refuses("folder-overlap", f"site.yaml:2:{column}", hint="folder", status=2)


def test_cf_05_an_output_that_is_reached_from_the_content_does_not_grow(site):
    (site.root / "content" / "copy").symlink_to("../_site")
    (site.root / "content" / "own").symlink_to(".")

    site.warns("symlink-loop", "content/own", hint="remove the link")
    first = site.tree()
    site.warns("symlink-loop", "content/own", hint="remove the link")

    assert first == site.tree()
    assert [] == [path for path in first if path.startswith(("copy", "own"))]


@pytest.mark.parametrize(
    "url",
    [
        "example.org", "//example.org/", "https://", "https:///x", "https://example.org/?a=b", "https://example.org/#x",
        "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "file:///srv/site", "https://me:pw@example.org/",
        "https://example.org/a b", "https://example.org/../x", "https://example.org/%2e%2e/x", "https://example.org:99999/",
        "http://[::1", "https://a..é/",
    ],
)  # fmt: skip
def test_cf_06_an_address_that_cannot_be_the_sites_is_an_error(site, url):
    site.config(f"url: '{url}'\n").refuses("invalid-value", "site.yaml:2:6", hint="address", status=2)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("HTTPS://Example.ORG/repo", "https://example.org/repo/"),
        ("http://localhost:8000/repo//", "http://localhost:8000/repo/"),
        ("https://bücher.example/ü%C3%BC", "https://xn--bcher-kva.example/%C3%BC%C3%BC/"),
    ],
)
def test_cf_06_an_address_is_normalised_and_all_links_fit_every_base_path(site, url, base):
    site.page("a/b.md", "[home](../index.md) ![i](i.png)\n").page("a/i.png", b"i").publish()
    relative = {path: data for path, data in site.tree().items() if path not in {"404.html", "sitemap.xml"}}
    site.config(f"url: {url}\n").publish()
    path = "/" + base.split("/", 3)[3]

    assert f"<loc>{base}a/b/</loc>" in site.html("sitemap.xml")
    assert f'<link rel="canonical" href="{base}a/b/">' in site.html("a/b/")
    for page in relative:
        if page.endswith(".html"):
            text = re.sub(r"<link rel=\"canonical\"[^>]*>|<meta[^>]*>", "", site.html(page))
            assert [] == re.findall(r"(?:href|src)=\"(?:/|https?:)[^\"]*", text)
    targets = re.findall(r"(?:href|src)=\"([^\"#]+)", site.html("404.html"))
    assert [] == [target for target in targets if not target.startswith((path, base))]


@pytest.mark.parametrize(
    ("nav", "place", "hint"),
    [
        ("[nope.md]", "2:7", "path of a page"),
        ("[A.md, b.md]", "2:7", "did you mean `a.md`?"),
        ("[{Start: nope.md}]", "2:7", "path of a page"),
        ("\n  - a.md\n  - Group:\n    - b.md\n    - nope.md", "6:7", "path of a page"),
        ("[i.png]", "2:7", "is a file"),
    ],
)
def test_cf_07_nav_names_only_pages_that_are_there(site, nav, place, hint):
    site.pages(a="# A", b="# B").page("i.png", "x").config(f"nav: {nav}\nvalidation: {{orphans: off}}\n")

    site.refuses("bad-nav", f"site.yaml:{place}", hint=hint)


@pytest.mark.parametrize(
    ("nav", "column"),
    [("[a.md, b.md, a.md]", 19), ("[a.md, {B: b.md}, {A: a.md}]", 24), ("[d/, d/c.md]", 11)],
)
def test_cf_07_a_page_stands_in_nav_once(site, nav, column):
    site.pages(a="# A", b="# B").page("d/c.md", "# C").config(f"nav: {nav}\nvalidation: {{orphans: off}}\n")

    problem = site.refuses("bad-nav", f"site.yaml:2:{column}", hint="the first")

    assert "twice" in problem.message


@pytest.mark.parametrize("target", ["../x.md", "/etc/passwd", "a/../../x.md", "'~/x.md'", "'a\\b.md'"])
def test_cf_07_nav_stays_in_the_content(site, target):
    site.config(f"nav: [{target}]\n").refuses("unsafe-path", "site.yaml:2:7", hint="page.md", status=2)


def test_cf_08_a_page_outside_of_nav_is_a_warning_and_is_built(site):
    site.pages(a="# A", b="# B").config("nav: [index.md, a.md]\n")

    problem = site.warns("orphan-page", "content/b.md", hint="`nav`")

    assert "validation.orphans" in problem.hint
    assert "b/index.html" in site.tree()


@pytest.mark.parametrize("level", ["error", "off"])
def test_cf_08_site_yaml_says_how_severe_that_is(site, level):
    site.pages(a="# A", b="# B").config(f"nav: [index.md, a.md]\nvalidation: {{orphans: {level}}}\n")

    if level == "error":
        site.refuses("orphan-page", "content/b.md", hint="`nav`")
    else:
        site.publish()


SECRET = "s3cret-of-the-environment"


def test_cf_09_no_value_is_read_from_the_environment(site, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", SECRET)
    forms = (
        "$GITHUB_TOKEN ${GITHUB_TOKEN} %GITHUB_TOKEN% {{ env.GITHUB_TOKEN }} {{ environ['GITHUB_TOKEN'] }}"
    )
    site.config(
        f'description: "{forms}"\nfooter: [{{"$GITHUB_TOKEN": "https://example.org/$GITHUB_TOKEN"}}]\n'
    )
    site.page("a.md", f'---\ndescription: "{forms}"\n---\n{forms}\n').publish()

    assert "$GITHUB_TOKEN ${GITHUB_TOKEN}" in site.main("a/")
    assert [] == [path for path, data in site.tree().items() if SECRET.encode() in data]


def test_cf_09_a_tag_that_reads_it_is_an_error(site, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", SECRET)

    site.config("description: !ENV GITHUB_TOKEN\n").refuses(
        "yaml-tag", "site.yaml:2:14", hint="tag", status=2
    )

    assert SECRET not in site.outcome.stderr


# ---------------------------------------------------------------- where a build runs


@pytest.mark.parametrize("start", ["content/d", "link", "link/content/d", "inner"])
def test_cf_11_every_way_into_the_site_builds_the_same(site, start):
    site.page("d/a.md", "# A\n").publish()
    expected = site.tree()
    link = site.root.parent / "link"
    link.symlink_to(site.root)
    (site.root.parent / "inner").symlink_to(site.root / "content" / "d")
    shutil.rmtree(site.out)
    folder = site.root.parent / start if start.startswith(("link", "inner")) else site.root / start

    outcome = run_octavo("build", cwd=folder, env={"PWD": str(folder)})

    assert (0, ()) == (outcome.status, said(outcome.stderr)), outcome.stderr
    assert expected == site.tree()
    assert not (site.root / "content" / "d" / "_site").exists()


@pytest.mark.parametrize(
    "args", [["build"], ["-f", "site.yaml", "build"], ["-f", "{site}/site.yaml", "build", "-d", "out"]]
)
def test_cf_11_a_working_folder_that_is_gone_is_said(site, args):
    gone = site.root.parent / "gone"
    gone.mkdir()

    outcome = run_octavo(
        *(word.format(site=site.root) for word in args), cwd=gone, before=lambda: os.rmdir(gone)
    )

    assert 3 == outcome.status
    assert "error: the working folder is gone\nhint: change to a folder" in outcome.stderr


def test_cf_11_it_does_not_matter_where_all_paths_are_absolute(site):
    gone = site.root.parent / "gone"
    gone.mkdir()
    site.page("a.md", "# A\n")

    outcome = run_octavo(
        "-f",
        str(site.root / "site.yaml"),
        "build",
        "-d",
        str(site.out),
        cwd=gone,
        before=lambda: os.rmdir(gone),
    )

    assert (0, ()) == (outcome.status, said(outcome.stderr)), outcome.stderr
    assert "a/index.html" in site.tree()


@pytest.mark.parametrize("value", ["0", "", "1", "1700000000", "253402300799"])
def test_cf_12_a_source_date_epoch_changes_no_byte(site, monkeypatch, value):
    site.config("url: https://example.org/\nfeed: true\n").page(
        "a.md", "---\ndate: 2024-01-01\n---\n# A\n"
    ).publish()
    expected = site.tree()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)

    site.publish("--no-cache")

    assert expected == site.tree()


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "1e3", " 1", "١", "9" * 20, "0x10", "1 "])
def test_cf_12_one_that_is_no_time_is_an_error(site, monkeypatch, value):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)

    site.refuses_usage(f"SOURCE_DATE_EPOCH is `{value}`", hint="unset it")


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1:strict"},
        {"LC_ALL": "C", "NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "dumb"},
    ],
)
def test_cf_13_the_locale_changes_neither_files_nor_messages(site, env):
    site.page("größe.md", "# Größe → 日本 🎈\n\n[x](weg–damit.md)\n")
    expected = site.warns("broken-link", "content/größe.md:3:5")

    outcome = run_octavo("build", "--no-cache", cwd=site.root, env=env)

    assert (0, (expected,)) == (outcome.status, said(outcome.stderr))
    assert "\x1b" not in outcome.stderr
    assert "Größe → 日本 🎈" in site.html("größe/")


def test_cf_13_a_python_that_reads_names_otherwise_is_refused_with_a_way_out(site):
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    outcome = run_octavo("build", cwd=site.root, env=env)

    assert 3 == outcome.status
    assert "hint: set `PYTHONUTF8=1`" in outcome.stderr
    assert 0 == run_octavo("build", cwd=site.root, env=env | {"PYTHONUTF8": "1"}).status


ENDINGS = {"": 0, "---\ntags: x\n---\n": 1, "[x](gone.md)\n\n" * 500: 0}


@pytest.mark.parametrize("text", ENDINGS, ids=["right", "wrong", "much to say"])
@pytest.mark.parametrize("style", ["json", "github"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_cf_13_a_reader_that_has_gone_changes_nothing(site, text, style, stream):
    site.page("a.md", text)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {stream: writer}
        outcome = run_octavo("build", "-j", "1", "--format", style, cwd=site.root, **streams)
    finally:
        os.close(writer)

    assert ENDINGS[text] == outcome.status
    assert "Exception ignored" not in outcome.stderr
    assert ("a/index.html" in site.tree()) == (outcome.status == 0)


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_cf_13_streams_that_are_closed_change_nothing(site, closed):
    site.page("a.md", "[x](gone.md)\n")

    outcome = run_octavo(
        "build", "--format", "json", cwd=site.root, before=lambda: [os.close(number) for number in closed]
    )

    assert 0 == outcome.status, outcome.stderr
    assert "a/index.html" in site.tree()
    assert [] == [path for path, data in everything(site.root).items() if data and b"broken-link" in data]


@pytest.mark.parametrize(("text", "status"), [("", 3), ("---\ntags: x\n---\n", 1)])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_cf_13_a_result_that_cannot_be_written_is_said(site, text, status):
    with open("/dev/full", "wb") as full:
        outcome = run_octavo("build", "--format", "json", cwd=site.page("a.md", text).root, stdout=full)

    assert status == outcome.status
    assert "No space left" in outcome.stderr
    assert "Exception ignored" not in outcome.stderr


REQUIRED = {"": ["build"], "checkout": ["CHAPTER"], "new": ["DIR"], "shell": ["PATH:LINE"], "why": ["OUTPUT"]}
"""What a command needs besides its options."""

DEFAULTS = {
    "": {"-f/--config": "site.yaml", "-q/--quiet": False, "-v/--verbose": False},
    "build": {
        "-d/--site-dir": None, "-s/--strict": False, "-j/--jobs": None, "--drafts": False, "--no-cache": False,
        "--require-proof": False, "--profile": False, "--format": None,
    },
    "check": {"-s/--strict": False, "-j/--jobs": None, "--drafts": False, "--format": None},
    "checkout": {"--start": False},
    "clean": {"-d/--site-dir": None},
    "new": {"--requirement": "octavo", "--theme": False},
    "serve": {
        "-a/--address": "127.0.0.1:8000", "-o/--open": False, "--no-livereload": False, "--poll": False,
        "--allow-host": (), "--test": False, "--trust": False, "-j/--jobs": None,
    },
    "shell": {"--trust": False},
    "test": {
        "-x/--exit-first": False, "-k": "", "-j/--jobs": None, "--update": None, "--keep": False, "--list": False,
        "--trust": False, "--only-profile": "", "--no-cache": False, "--report": (),
    },
    "why": {"--drafts": False},
}  # fmt: skip


def test_cf_14_every_option_has_the_effect_that_is_written_here_when_it_is_not_given():
    found = {}
    top = cli.make_context("octavo", [], resilient_parsing=True)
    for name in ["", *cli.list_commands(top)]:
        command = cli.get_command(top, name) if name else cli
        given = command.make_context(name, list(REQUIRED.get(name, [])), parent=top if name else None).params
        options = [each for each in command.params if isinstance(each, click.Option) and each.expose_value]
        found[name] = {"/".join([*each.opts, *each.secondary_opts]): given[each.name] for each in options}

    assert DEFAULTS == found


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser builds for others"
)
def test_cf_15_root_builds_in_the_repository_of_somebody_else(blank):
    blank.page("index.md", "# Home\n").page("i.png", b"i")
    git = ["git", "-c", "user.name=n", "-c", "user.email=e", "-C", str(blank.root)]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    for path in [blank.root, *blank.root.rglob("*")]:
        os.chown(path, 1234, 1235)

    outcome = blank.octavo("build", "-j", "1")
    blank.edit("index.md", "Home", "House").publish()

    assert 0 == outcome.status
    assert "note: git knows no dates here: the repository belongs to another user" in outcome.stderr
    assert "safe.directory" in outcome.stderr
    made = [
        path
        for folder in ("_site", ".octavo")
        for path in (blank.root / folder, *(blank.root / folder).rglob("*"))
    ]
    assert {(1234, 1235)} == {(path.stat().st_uid, path.stat().st_gid) for path in made}


def test_cf_15_and_the_owner_of_a_site_keeps_it_where_nobody_is_root(site):
    outcome = run_here("-f", str(site.root / "site.yaml"), "build")

    assert 0 == outcome.status
    assert {os.getuid()} == {path.stat().st_uid for path in site.out.rglob("*")}


# ---------------------------------------------------------------- under preview


def test_cf_10_a_mistake_while_it_is_served_keeps_the_old_site_until_it_is_mended(site):
    good = (site.root / "site.yaml").read_text()
    preview = PreviewedSite(site.root)
    before = preview.served()
    site.write("site.yaml", good + "colour: red\n")
    preview.look()

    assert before == preview.served()
    assert ["unknown-key"] == [item.code for item in preview.session.problems_of("index.html")]

    site.write("site.yaml", good)
    preview.look()

    assert before == preview.served()
    assert () == preview.session.problems_of("index.html")
