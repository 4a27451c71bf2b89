"""PA: names, links and files of every kind in the content folder."""

import html
import os
import re
import shutil
import socket
import subprocess
import sys
import unicodedata
from urllib.parse import quote, unquote

import pytest

from commandline import run_octavo, said, without_privileges
from octavo.edges import files


def links(text):
    """List where the links of a piece of HTML lead, fragments aside."""
    return [html.unescape(target).partition("#")[0] for target in re.findall('href="([^"]*)"', text)]


def link(site, name, target):
    """Make a symbolic link in the content folder."""
    path = site.root / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return site


def put(site, contents):
    """Write some files of the content folder."""
    for path, text in contents.items():
        site.page(path, text)
    return site


def pages(site):
    """List the published files that come from the content."""
    return sorted(
        path for path in site.tree() if not path.startswith(("assets/", "contents/", "search/", "404"))
    )


# ---------------------------------------------------------------- links on disk


@pytest.mark.parametrize(
    ("name", "target"),
    [("a", "a"), ("a", "."), ("d/up", ".."), ("d/e/top", "../.."), ("d/far", "../d/e/../../d")],
)
def test_pa_01_a_link_in_a_circle_is_one_warning_and_is_skipped(site, name, target):
    site.page("d/x.md", "# X\n").page("d/e/y.md", "# Y\n").publish()
    expected = site.tree()
    link(site, name, target).warns("symlink-loop", f"content/{name}", hint="remove the link")

    assert expected == site.tree()


def test_pa_01_two_links_to_each_other_are_skipped(site):
    link(site, "a", "b")
    link(site, "b", "a")

    found = said(site.octavo("build", "-j", "1").stderr)

    assert [("symlink-loop", "content/a"), ("symlink-loop", "content/b")] == [
        (item.code, item.place) for item in found
    ]


def test_pa_02_the_lock_of_an_editor_is_ignored(site):
    link(site, ".#x.md", "me@machine.example.1234:5").publish()

    assert ["index.html"] == pages(site)


@pytest.mark.parametrize("target", ["gone.md", "/nowhere/at/all.md", "d/gone"])
def test_pa_02_another_broken_link_is_a_warning_with_its_target(site, target):
    problem = link(site, "x.md", target).warns("broken-symlink", "content/x.md")

    assert f"`{target}`" in problem.message
    assert ["index.html"] == pages(site)


@pytest.mark.parametrize(
    "target", ["../../out/f.md", "{out}/f.md", "../../out", "../../site_secret/f.md", "../other.md"]
)
def test_pa_03_a_link_out_of_the_site_is_an_error(site, target):
    out = site.root.parent / "out"
    for folder in (out, site.root.parent / "site_secret"):
        folder.mkdir()
        (folder / "f.md").write_text("# Secret\n")
    (site.root / "other.md").symlink_to(out / "f.md")
    link(site, "x.md", target.format(out=out))

    problem = site.refuses("outside-link", "content/x.md", hint="copy the file")

    # The message names the target without the folders of this machine.
    assert str(site.root) not in problem.message


@pytest.mark.parametrize("target", ["../.git/config", "../.env", "../.octavo/cache/CACHEDIR.TAG"])
def test_pa_03_nor_does_a_link_publish_what_is_private(site, target):
    site.write(".git/config", "token").write(".env", "TOKEN=1")
    link(site, "x.txt", target).refuses("outside-link", "content/x.txt", hint="remove the link")


def test_pa_03_a_link_inside_the_site_is_followed(site):
    site.write("docs/x.md", "# X\n")
    link(site, "d", "../docs")
    link(site, "y.md", "../docs/x.md").publish()

    assert ["d/index.html", "d/x/index.html", "index.html", "y/index.html"] == pages(site)


# ---------------------------------------------------------------- two for one address

CLASHES = {
    "page and folder": ({"a.md": "# A", "a/index.md": "# B"}, "a.md", "a/index.md"),
    "slugs": ({"a.md": "---\nslug: z\n---\n", "b.md": "---\nslug: z\n---\n"}, "a.md:2:7", "b.md"),
    "prefixes": ({"01-a.md": "# A", "02-a.md": "# B"}, "01-a.md", "02-a.md"),
    "slug and name": ({"a b.md": "# A", "x.md": "---\nslug: a b\n---\n"}, "a b.md", "x.md"),
    "page and file": ({"a.md": "# A", "a/index.html": "x"}, "a.md", "a/index.html"),
    "home and file": ({"index.html": "x"}, "index.html", "index.md"),
    "readme and index": ({"README.md": "# R"}, "README.md", "index.md"),
    "suffixes": ({"a.md": "# A", "a.markdown": "# A"}, "a.markdown", "a.md"),
    "tag and page": ({"a.md": "---\ntags: [x]\n---\n", "tags/x.md": "# X"}, "tags/x.md", "generated"),
    "contents and file": ({"contents/index.html": "x"}, "contents/index.html", "generated"),
    "missing page and file": ({"404.html": "x"}, "404.html", "generated"),
    "file and folder": ({"a.md": "# A", "a": "x"}, "a", "a.md"),
    "file and the theme's folder": ({"assets": "x"}, "assets", "theme"),
    "alias and page": ({"a.md": "---\naliases: [b/]\n---\n", "b.md": "# B"}, "a.md:2:11", "b.md"),
    "aliases": (
        {"a.md": "---\naliases: [z/]\n---\n", "b.md": "---\naliases: [z]\n---\n"},
        "b.md:2:11",
        "a.md",
    ),
    "alias and file": ({"a.md": "---\naliases: [x.png]\n---\n", "x.png": "x"}, "a.md:2:11", "x.png"),
    "alias and its own page": ({"a.md": "---\naliases: [a/]\n---\n"}, "a.md:2:11", "a.md"),
}


@pytest.mark.parametrize("case", CLASHES)
def test_pa_04_two_sources_with_one_address_are_an_error_that_names_both(site, case):
    contents, place, other = CLASHES[case]

    problem = put(site, contents).refuses("duplicate-url", f"content/{place}", hint="")

    # The message names what its own place does not: an alias stands in for the page that has it.
    named = [other] if ":" in place else [other, place]
    assert [] == [name for name in named if name not in problem.message]


def test_pa_04_what_is_alike_and_not_equal_is_published(site):
    put(
        site, {"a b.md": "# A", "a-b.md": "# B", "a_b.md": "# C", "t.md": '---\ntags: ["x y", x-y]\n---\n'}
    ).publish()

    assert {
        "a b/index.html",
        "a-b/index.html",
        "a_b/index.html",
        "tags/x-y/index.html",
        "tags/x-y-1/index.html",
    } <= set(pages(site))


@pytest.mark.parametrize(
    ("contents", "place", "other"),
    [
        ({"API/x.md": "# A", "api/y.md": "# B"}, "API/", "api/"),
        ({"A.md": "# A", "a.md": "# B"}, "A.md", "a.md"),
        ({"x.PNG": "a", "x.png": "b"}, "x.PNG", "x.png"),
        ({"Page.md": "# P", "page/index.html": "x"}, "Page.md", "page/index.html"),
        ({"É.md": "# A", "é.md": "# B"}, "É.md", "é.md"),
        ({"straße.md": "# A", "STRASSE.md": "# B"}, "STRASSE.md", "straße.md"),
        ({"a.md": "---\nslug: B\n---\n", "b.md": "# B"}, "a.md:2:7", "b.md"),
    ],
)
def test_pa_05_addresses_that_differ_in_case_alone_are_an_error_on_every_system(site, contents, place, other):
    problem = put(site, contents).refuses("duplicate-url", f"content/{place}", hint="rename")

    assert "case" in problem.message
    assert other in problem.message


COMPOSED, DECOMPOSED = "café", unicodedata.normalize("NFD", "café")


@pytest.mark.parametrize("spelling", [COMPOSED, DECOMPOSED])
def test_pa_06_a_name_has_one_address_however_its_accents_are_written(site, spelling):
    site.page(f"{spelling}/{spelling}.md", "# C\n").page(f"{spelling}.png", b"i")
    site.page(
        "a.md",
        f"---\naliases: [{DECOMPOSED}-old/]\n---\n"
        + "".join(
            f"[x]({name}/{name}.md) [y](<{name}/{name}/>) ![z]({name}.png)\n"
            for name in (COMPOSED, DECOMPOSED, quote(COMPOSED), quote(DECOMPOSED))
        ),
    ).publish()

    assert {f"{COMPOSED}/{COMPOSED}/index.html", f"{COMPOSED}.png", f"{COMPOSED}-old/index.html"} <= set(
        pages(site)
    )
    assert {f"../{quote(COMPOSED)}/{quote(COMPOSED)}/"} == {
        path for path in links(site.main("a/")) if "%" in path
    }
    assert [] == [path for path in site.tree() if path != unicodedata.normalize("NFC", path)]


@pytest.mark.parametrize("names", [("{}.md",), ("{}/x.md", "{}/y.md"), ("{}.png",)])
def test_pa_06_two_names_that_are_equal_once_composed_are_an_error(site, names):
    site.page(names[0].format(COMPOSED), "# A\n").page(names[-1].format(DECOMPOSED), "# B\n")
    place = names[0].format(COMPOSED).split("/")[0]

    site.refuses("duplicate-name", f"content/{place}", hint="remove one")


def test_pa_06_a_slug_is_composed_too(site):
    put(site, {"a.md": f"---\nslug: {DECOMPOSED}\n---\n", f"{COMPOSED}.md": "# C"})

    site.refuses("duplicate-url", "content/a.md:2:7", hint="slug")


# ---------------------------------------------------------------- names

NOT_PORTABLE = [
    "CON", "nul.md", "aux.html", "Prn.tar.gz", "com1.md", "LPT9", "COM¹.txt", "conin$", "x./a.md", "x /a.md", "x.md ", "x.md.",
    "a:b.md", "a<b.md", "a>b.md", "a|b.md", "a?b.md", "a*b.md", 'a"b.md', "a\\b.md", "d/nul/x.md",
]  # fmt: skip


@pytest.mark.parametrize("name", NOT_PORTABLE)
def test_pa_07_a_name_that_windows_cannot_hold_is_an_error_on_every_system(site, name):
    refused = {"x./a.md": "x.", "x /a.md": "x ", "d/nul/x.md": "d/nul"}.get(name, name)

    problem = site.page(name, "# X\n").refuses("bad-name", f"content/{refused}", hint="rename")

    assert "Windows" in problem.message


@pytest.mark.parametrize("length", [251, 252])
def test_pa_08_the_longest_name_is_published(site, length):
    site.page("d/" + "x" * length + ".md", "# X\n").publish()

    assert f"d/{'x' * length}/index.html" in site.tree()


@pytest.mark.parametrize("name", ["f.txt", "x.md"])
def test_pa_08_a_path_that_is_too_long_is_an_error_before_anything_is_written(site, name):
    folder = "/".join(["d" * 100] * 10)

    site.page(f"{folder}/{'e' * 10}/{name}", "x").refuses(
        "long-path", f"content/{folder}/{'e' * 10}/{name}", hint="shorten"
    )


def test_pa_08_a_thousand_folders_in_each_other_are_one_error(site):
    descriptor = os.open(site.root / "content", os.O_RDONLY)
    for _ in range(1_000):
        os.mkdir("deep", dir_fd=descriptor)
        below = os.open("deep", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open("x.md", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)
    try:
        site.refuses("long-path", "content/" + "/".join(["deep"] * 66), hint="further up")
    finally:
        # The clean-up of pytest would recurse.
        subprocess.run(["rm", "-rf", str(site.root / "content")], check=True)


@pytest.mark.parametrize(
    ("yaml", "code", "place"),
    [
        (f"slug: {'x' * 300}", "unsafe-path", "2:7"),
        (f"slug: {'ü' * 101}", "unsafe-path", "2:7"),
        (f"aliases: [{'x' * 300}/]", "unsafe-path", "2:11"),
        (f"aliases: [{'x/' * 1_000}]", "unsafe-path", "2:11"),
    ],
)
def test_pa_08_nor_may_front_matter_ask_for_a_name_that_is_too_long(site, yaml, code, place):
    problem = site.page("a.md", f"---\n{yaml}\n---\n").refuses(code, f"content/a.md:{place}", hint="write a")

    assert "longer than" in problem.message


def test_pa_08_a_long_tag_has_an_address_all_the_same(site):
    site.page("a.md", f"---\ntags: [{'x' * 1_000}, {'ü' * 500}y, {'ü' * 500}z]\n---\n").publish()

    tags = {path.split("/")[1] for path in pages(site) if path.startswith("tags/")} - {"index.html"}
    assert 3 == len(tags)
    assert [] == [tag for tag in tags if len(tag.encode()) > 255]


NAMES = [
    "a'b", "a#b", "a%b", "a%20b", "a;b", "a&b", "-a", "--help", "😀", "עברית", "a b", "a+b", "a=b,c", "a@b", "(x)", "[x]", "{x}",
    "$x", "`x`", "~x", "a!b", "^x", "a\u00a0b", " lead", "&lt;", "%2e%2e", "a&amp;b",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_pa_09_a_strange_name_is_encoded_wherever_it_goes(site, name):
    site.config("url: https://example.org/\nfeed: true\n").page(f"{name}.md", "# X\n").page(
        f"d/{name}.txt", "t"
    )
    target = quote(name, safe="")
    site.page("z.md", f"[]({target}.md) [t](d/{target}.txt)\n").publish()

    found = links(site.main("z/"))
    assert {f"../{name}/", f"../d/{name}.txt"} <= {unquote(path) for path in found}
    assert [] == [path for path in found if not re.fullmatch(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*", path)]
    locations = [html.unescape(text) for text in re.findall("<loc>(.*?)</loc>", site.html("sitemap.xml"))]
    assert f"https://example.org/{name}/" in [unquote(text) for text in locations]
    assert [] == [text for text in locations if not re.fullmatch(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*", text)]
    assert {f"{name}/index.html", f"d/{name}.txt"} <= set(pages(site))


@pytest.mark.parametrize(
    ("name", "shown"), [("a\nb.md", "a\\nb.md"), ("a\tb.md", "a\\tb.md"), ("a\x1b[31mb.md", "a\\x1b[31mb.md")]
)
def test_pa_09_a_control_character_in_a_name_is_an_error_that_shows_it(site, name, shown):
    site.page(name, "# X\n").refuses("bad-name", f"content/{shown}", hint="rename")

    assert name not in site.outcome.stderr


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"\xff.md", "\\xff.md"), (b"caf\xe9", "caf\\xe9"), (b"\xed\xa0\x80.png", "\\xed\\xa0\\x80.png")],
)
def test_pa_10_bytes_that_are_no_text_are_an_error_that_shows_them(site, name, shown):
    with open(os.path.join(os.fsencode(site.root), b"content", name), "wb") as file:
        file.write(b"x")

    site.refuses("bad-name", f"content/{shown}", hint="rename")

    site.outcome.stderr.encode()


HIDDEN = [
    ".hidden.md", ".hidden/x.md", "_x.md", "_d/x.md", ".git/config", "node_modules/x/index.js", ".DS_Store", "Thumbs.db",
    ".env", ".env.local", ".netrc", "x.md~", "#x.md#", ".x.md.swp", "x.md.swp", "4913", "sub/.env", "d/_assets/x.css", ".vscode/settings.json",
]  # fmt: skip
SECRETS = ["a.pem", "id_rsa", "id_ed25519", "store.p12", "sub/x.jks", "passwords.kdbx"]


def test_pa_11_hidden_files_and_junk_are_never_published(site):
    put(site, dict.fromkeys(HIDDEN, "x")).publish()

    assert ["index.html"] == pages(site)


def test_pa_11_what_hosts_ask_for_is_published(site):
    put(site, dict.fromkeys([".well-known/security.txt", ".nojekyll", "CNAME", "robots.txt"], "x")).publish()

    assert [".nojekyll", ".well-known/security.txt", "CNAME", "index.html", "robots.txt"] == pages(site)


@pytest.mark.parametrize("name", SECRETS)
def test_pa_11_a_file_that_looks_like_a_secret_is_a_warning_and_stays_here(site, name):
    site.page(name, "secret").warns("secret-file", f"content/{name}", hint="keep secrets out")

    assert ["index.html"] == pages(site)


def test_pa_11_a_key_is_told_from_slides(site):
    site.page("talk.key", "slides").page("tls.key", "-----BEGIN PRIVATE KEY-----\n").warns(
        "secret-file", "content/tls.key", hint="secrets"
    )

    assert ["index.html", "talk.key"] == pages(site)


# ---------------------------------------------------------------- files that are none, and files that change


@pytest.mark.parametrize("name", ["pipe", "pipe.md", "socket", "to-pipe.md", "null"])
def test_pa_12_what_is_no_regular_file_is_a_warning_and_nothing_hangs(site, name):
    content = site.root / "content"
    if name.startswith("pipe"):
        os.mkfifo(content / name)
    elif name == "socket":
        here = os.getcwd()
        os.chdir(content)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(name)
        os.chdir(here)
    elif name == "null":
        if os.geteuid() != 0:
            pytest.skip("only the superuser makes devices")
        os.mknod(content / name, 0o20666, os.makedev(1, 3))
    else:
        os.mkfifo(site.root / "pipe")
        link(site, name, "../pipe")

    problem = site.warns("not-a-file", f"content/{name}")

    assert "not a regular file" in problem.message
    assert ["index.html"] == pages(site)


def test_pa_13_all_that_may_not_be_read_is_listed(site):
    put(
        site,
        {
            "a.md": "# A",
            "d/b.md": "# B",
            "i.png": "i",
            "c.md": '```text include="/code.txt"\n```\n',
            "e.md": "# E",
        },
    )
    site.write("code.txt", "x\n").publish()
    before = (site.out.stat().st_ino, site.tree())
    site.page("e.md", "# Edited\n")
    for path in ("content/a.md", "content/d", "content/i.png", "code.txt"):
        (site.root / path).chmod(0)

    outcome = run_octavo("build", "-j", "1", cwd=site.root, before=without_privileges)
    for path in ("content/a.md", "content/d", "content/i.png", "code.txt"):
        (site.root / path).chmod(0o755)

    found = said(outcome.stderr)
    assert 1 == outcome.status
    assert [
        ("unreadable", "content/a.md"),
        ("include-missing", "content/c.md:1:18"),
        ("unreadable", "content/d"),
        ("unreadable", "content/i.png"),
    ] == [(item.code, item.place) for item in found]
    assert ["check its permissions"] * 4 == [item.hint for item in found]
    assert ["Permission denied"] * 4 == [item.message[-17:] for item in found]
    assert before == (site.out.stat().st_ino, site.tree())


def test_pa_13_a_content_folder_that_may_not_be_read_is_a_fault_of_the_machine(site):
    before = site.tree()
    (site.root / "content").chmod(0)

    outcome = run_octavo("build", cwd=site.root, before=without_privileges)
    (site.root / "content").chmod(0o755)

    assert 3 == outcome.status
    assert "`content`: Permission denied" in outcome.stderr
    assert "hint: check who owns" in outcome.stderr
    assert before == site.tree()


def test_pa_13_a_file_that_vanishes_between_listing_and_reading_was_never_there(site, monkeypatch):
    digest_file = files.digest_file

    def vanish(path):
        if path.endswith(("a.md", "i.png")):
            os.unlink(path)
        return digest_file(path)

    monkeypatch.setattr(files, "digest_file", vanish)
    put(site, {"a.md": "# A", "b.md": "# B", "i.png": "i"}).publish()

    assert ["b/index.html", "index.html"] == pages(site)


def test_pa_13_a_file_that_changes_while_it_is_read_is_right_after_the_next_build(site, monkeypatch):
    digest_file = files.digest_file

    def grow(path):
        answer = digest_file(path)
        if path.endswith((".md", ".txt")):
            with open(path, "a", encoding="utf-8") as file:
                file.write("\nMore and more.\n")
        return answer

    put(site, {"a.md": "# A\n", "f.txt": "first\n"})
    with monkeypatch.context() as patch:
        patch.setattr(files, "digest_file", grow)
        assert 0 == site.octavo("build", "-j", "1").status
    site.publish()

    assert "More and more." in site.main("a/")
    assert (site.root / "content" / "f.txt").read_bytes() == site.tree()["f.txt"]


MEASURE = "import resource, sys; from octavo.cli.guard import run_guarded; from octavo.cli.group import cli; status = run_guarded(cli, ['build', '-j', '1']); print(status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def test_pa_14_a_tree_of_many_files_costs_what_there_is_to_do(site):
    content = site.root / "content"
    for number in range(3_000):
        folder = content / (f"d{number % 50}" if number < 2_000 else "one")
        folder.mkdir(exist_ok=True)
        (folder / f"f{number}.txt").write_text(f"{number}\n")
    first = site.publish().octavo("build", "-j", "1").stderr
    (content / "one" / "f2500.txt").write_text("changed\n")
    second = site.octavo("build", "-j", "1").stderr

    assert "built 0 of 3 pages" in first
    assert "(0 files written" in first
    assert "built 0 of 3 pages" in second
    assert "(1 file written" in second
    assert 3_000 == sum(path.endswith(".txt") and not path.startswith("assets/") for path in site.tree())


def test_pa_14_memory_does_not_follow_the_size_of_files(site):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=site.root, capture_output=True, text=True, check=True
    )
    few = int(done.stdout.split()[1])
    with open(site.root / "content" / "film.bin", "wb") as file:
        file.writelines(bytes(16 << 20) for _ in range(8))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=site.root, capture_output=True, text=True, check=True
    )
    status, many = (int(word) for word in done.stdout.split())
    shutil.rmtree(site.root)

    assert 0 == status
    assert many - few < 60_000  # kilobytes, of 131,072 in the file


def test_pa_15_hard_links_are_files_like_others(site):
    content = site.root / "content"
    put(site, {"a.md": "# A\n", "x.png": "picture"})
    os.link(content / "a.md", content / "b.md")
    os.link(content / "x.png", content / "y.png")
    site.publish()

    assert ["a/index.html", "b/index.html", "index.html", "x.png", "y.png"] == pages(site)
    assert {1} == {path.stat().st_nlink for path in site.out.rglob("*") if path.is_file()}
    assert [] == [path for path in site.out.rglob("*") if path.is_symlink()]


def test_pa_15_the_output_is_no_hard_link_to_a_source(site):
    site.page("x.png", "picture").publish()
    (site.out / "x.png").write_text("scribbled over")

    assert "picture" == (site.root / "content" / "x.png").read_text()


TIMES = {
    "1970": 0,
    "before 1970": -86_400,
    "2001": 1_000_000_000,
    "2106": 4_294_967_296,
    "the year 2400": 13_569_465_600,
}


@pytest.mark.parametrize("when", TIMES)
@pytest.mark.parametrize("name", ["a.md", "f.txt"])
def test_pa_16_an_edit_is_seen_whatever_its_time_says(site, name, when):
    site.page(name, "one\n").publish()
    site.page(name, "two\n")
    os.utime(site.root / "content" / name, (TIMES[when], TIMES[when]))
    site.publish()

    assert b"two" in site.tree()["a/index.html" if name == "a.md" else name]


@pytest.mark.parametrize("name", ["a.md", "f.txt"])
def test_pa_16_an_edit_of_one_size_and_one_time_is_seen(site, name):
    path = site.root / "content" / name
    site.page(name, "one\n").publish()
    known = path.stat()
    path.write_text("two\n")
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    site.publish()

    assert b"two" in site.tree()["a/index.html" if name == "a.md" else name]


def test_pa_16_a_time_alone_is_no_edit(site):
    site.page("a.md", "# A\n").page("f.txt", "f\n").publish()
    for name in ("a.md", "f.txt"):
        os.utime(site.root / "content" / name, (0, 0))

    outcome = site.octavo("build", "-j", "1")

    assert "built 0 of 4 pages" in outcome.stderr
    assert "(0 files written" in outcome.stderr
