"""A small site and seeded random edits of everything that an author may edit."""

import random
import struct
import zlib
from collections.abc import Callable

from sitebuilder import Site

WORDS = ["route", "view", "request", "template", "session", "cookie", "form", "error", "test", "blueprint"]


def png(width: int, height: int) -> bytes:
    """Make a real, tiny PNG of this size (PNG specification, chunks IHDR, IDAT, IEND)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class RandomAuthor:
    """Edits a site like an author in a hurry; the same seed makes the same edits."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.rng = random.Random(seed)
        self.log: list[str] = []
        self._number = 100

    def start(self) -> None:
        """Write a site with two sections, loose pages, assets, an include and a nested folder."""
        site = self.site
        site.config("url: https://example.org/docs/\ndescription: A random site\n")
        site.page("index.md", "---\ntitle: Home\n---\n\nWelcome. [First](guide/01-first.md)\n")
        site.page("about.md", "# About\n\nSee [the guide](guide/) and [](guide/02-second.md).\n")
        for number, stem in enumerate(("first", "second", "third"), start=1):
            site.page(f"guide/{number:02d}-{stem}.md", self._page(stem))
        site.page("guide/index.md", "---\ntitle: Guide\ndescription: All of it\n---\n")
        site.page("guide/deep/leaf.md", self._page("leaf"))
        site.page("reference/alpha.md", self._page("alpha"))
        site.page(
            "reference/beta.md", "# Beta\n\n![Plot](../img/plot.png)\n\n::: include /snippets/part.md\n"
        )
        site.page("img/plot.png", png(3, 4))
        site.page("data.txt", "plain\n")
        site.write("snippets/part.md", "Included *text*.\n\n## From the part\n")
        site.write("snippets/code.py", "print('one')\n")
        site.page("reference/code.md", '# Code\n\n```python include="/snippets/code.py"\n```\n')

    def edit(self) -> str:
        """Make one random edit; gives a line that says what it was."""
        moves: list[Callable[[], str]] = [
            self._body, self._body, self._title, self._heading, self._rename, self._delete, self._new, self._draft,
            self._alias, self._tag, self._nav, self._config, self._template, self._asset, self._image, self._include,
            self._order, self._style, self._touch, self._break, self._nested_folder, self._search,
        ]  # fmt: skip
        line = self.rng.choice(moves)()
        self.log.append(line)
        return line

    # ------------------------------------------------------------ helpers

    def _page(self, stem: str) -> str:
        words = " ".join(self.rng.choices(WORDS, k=12))
        target = self.rng.choice(("../about.md", "../index.md", "/guide/", "#part"))
        return (
            f"---\ntitle: {stem.title()} {self.rng.randrange(100)}\nminutes: {self.rng.randrange(1, 30)}\n---\n\n"
            f"{words} [link]({target})\n\n## Part\n\n{words}\n\n```python\nvalue = {self.rng.randrange(9)}\n```\n"
        )

    def _sources(self) -> list[str]:
        root = self.site.root / "content"
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))

    def _pick(self) -> str:
        return self.rng.choice(self._sources())

    def _read(self, source: str) -> str:
        return (self.site.root / "content" / source).read_text(encoding="utf-8")

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _front(self, source: str, line: str) -> None:
        """Put a line into a page's front matter, in place of one with the same key."""
        text, key = self._read(source), line.partition(":")[0]
        head, body = ("", text)
        if text.startswith("---\n"):
            head, _, body = text[4:].partition("---\n")
        kept = [old for old in head.splitlines() if old.partition(":")[0] != key]
        self.site.page(source, "---\n" + "\n".join([*kept, line]) + "\n---\n" + body)

    # ------------------------------------------------------------ edits

    def _body(self) -> str:
        source = self._pick()
        self.site.page(source, self._read(source) + f"\nMore {self.rng.choice(WORDS)} {self._next()}.\n")
        return f"body {source}"

    def _title(self) -> str:
        source = self._pick()
        self._front(source, f"title: Title {self._next()}")
        return f"title {source}"

    def _heading(self) -> str:
        source = self._pick()
        text = self._read(source)
        if "## Part" in text and self.rng.random() < 0.5:
            self.site.page(source, text.replace("## Part", f"## Part {self._next()}", 1))
        else:
            self.site.page(source, text + f"\n## Heading {self._next()}\n")
        return f"heading {source}"

    def _rename(self) -> str:
        source = self._pick()
        folder = self.rng.choice(("", "guide/", "reference/", "fresh/"))
        target = f"{folder}moved-{self._next()}.md"
        self.site.rename(source, target)
        return f"rename {source} -> {target}"

    def _delete(self) -> str:
        sources = self._sources()
        if len(sources) < 5:
            return self._new()
        source = self.rng.choice(sources)
        self.site.remove(source)
        return f"delete {source}"

    def _new(self) -> str:
        folder = self.rng.choice(("", "guide/", "reference/", f"made-{self.rng.randrange(3)}/"))
        source = f"{folder}{self.rng.choice(('', '07-', '12_'))}new-{self._next()}.md"
        self.site.page(source, self._page("new"))
        return f"new {source}"

    def _nested_folder(self) -> str:
        source = f"guide/deep/{self.rng.choice(('index', 'README', 'more'))}.md"
        if source.endswith(("index.md", "README.md")):
            for other in ("index", "README"):
                (self.site.root / f"content/guide/deep/{other}.md").unlink(missing_ok=True)
        self.site.page(source, self._page("nested"))
        return f"nested {source}"

    def _draft(self) -> str:
        source = self._pick()
        self._front(source, f"draft: {self.rng.choice(('true', 'false'))}")
        return f"draft {source}"

    def _alias(self) -> str:
        source = self._pick()
        self._front(source, f"aliases: [old-{self._next()}/, gone/{self._number}.html]")
        return f"alias {source}"

    def _tag(self) -> str:
        source = self._pick()
        tags = self.rng.sample(("Web", "http", "C++", "日本語", "web"), k=2)
        self._front(source, f"tags: [{', '.join(tags)}]")
        return f"tags {source}"

    def _order(self) -> str:
        source = self._pick()
        self._front(source, f"order: {self.rng.randrange(9)}")
        return f"order {source}"

    def _nav(self) -> str:
        choice = self.rng.randrange(3)
        text = "url: https://example.org/docs/\n"
        if choice:
            picked = self.rng.sample(self._sources(), k=min(3, len(self._sources())))
            drafts = [source for source in picked if "draft: true" in self._read(source)]
            entries = [f"  - {source}" for source in picked if source not in drafts]
            group = "" if choice == 1 or not entries else "  - Out: https://example.org/\n"
            text += ("nav:\n" + "\n".join(entries) + "\n" + group) if entries else ""
        self.site.config(text)
        return f"nav {choice}"

    def _config(self) -> str:
        lines = self.rng.choice(
            (
                "language: de\n",
                "copyright: © 2026\nauthor: Somebody\n",
                "url: https://example.org/\nfooter:\n  - Elsewhere: https://example.org/x\n",
                "markdown: {linkify: false}\n",
                "repository: {url: https://example.org/repo}\n",
                "validation: {links: off, anchors: off, assets: off}\n",
                "theme: {options: {toc_depth: 2}}\n",
                "search: false\n",
                "",
            )
        )
        self.site.config(lines)
        return f"config {lines!r}"

    def _template(self) -> str:
        choice = self.rng.randrange(4)
        theme = self.site.root / "theme" / "templates"
        if choice == 0:
            self.site.write(
                "theme/templates/partials/footer.html", f"<footer><p>Own {self._next()}</p></footer>\n"
            )
        elif choice == 1:
            self.site.write(
                "theme/templates/section.html",
                '{% extends "bundled/section.html" %}{# ' + str(self._next()) + " #}\n",
            )
        elif choice == 2:
            for path in sorted(theme.rglob("*.html")):
                path.unlink()
        else:
            self.site.write("theme/templates/special.html", '{% extends "main.html" %}\n')
            self._front(self._pick(), "template: special.html")
        return f"template {choice}"

    def _style(self) -> str:
        self.site.write("theme/assets/css/base.css", f"body {{ margin: {self.rng.randrange(9)}px }}\n")
        return "style"

    def _asset(self) -> str:
        name = self.rng.choice(("data.txt", "files/extra.bin", "guide/notes.txt"))
        path = self.site.root / "content" / name
        if path.exists() and self.rng.random() < 0.3:
            path.unlink()
            return f"asset gone {name}"
        self.site.page(name, f"content {self._next()}\n")
        return f"asset {name}"

    def _image(self) -> str:
        path = self.site.root / "content/img/plot.png"
        if path.exists() and self.rng.random() < 0.2:
            path.unlink()
            return "image gone"
        self.site.page("img/plot.png", png(self.rng.randrange(1, 9), self.rng.randrange(1, 9)))
        return "image"

    def _include(self) -> str:
        choice = self.rng.randrange(4)
        part = self.site.root / "snippets/part.md"
        if choice == 0:
            self.site.write("snippets/part.md", f"Other {self._next()}.\n\n::: include nested.md\n")
        elif choice == 1:
            self.site.write("snippets/nested.md", f"Nested {self._next()}\n")
        elif choice == 2 and part.exists():
            part.unlink()
        else:
            self.site.write("snippets/part.md", f"Included {self._next()}.\n")
            self.site.write("snippets/code.py", f"print({self._next()})\n")
        return f"include {choice}"

    def _search(self) -> str:
        source = self._pick()
        if self.rng.random() < 0.5:
            self._front(source, f"search: {self.rng.choice(('true', 'false'))}")
        else:
            text = f"\n<div data-pagefind-ignore>\n\nNot found {self._next()}.\n\n</div>\n"
            self.site.page(source, self._read(source) + text)
        return f"search {source}"

    def _touch(self) -> str:
        source = self._pick()
        self.site.touch(source)
        return f"touch {source}"

    def _break(self) -> str:
        """Make an error, which must leave the old site, and mend it with the next edit of the page."""
        source = self._pick()
        text = self._read(source)
        self.site.page(source, "---\ntags: oops\n---\n")
        self.site.build()
        self.site.page(source, text)
        return f"break and mend {source}"
