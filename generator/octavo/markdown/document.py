"""One page from text to values."""

from typing import Any

from markdown_it.token import Token

from octavo.codeblocks import PageBlocks
from octavo.errors import sort_diagnostics
from octavo.frontmatter import FrontResult, parse_front_matter
from octavo.markdown.autolinks import link_mail_addresses
from octavo.markdown.blocks import rewrite_blocks
from octavo.markdown.characters import clean_text, refuse_in_front_matter
from octavo.markdown.draft import PageDraft
from octavo.markdown.figures import make_figures
from octavo.markdown.headings import finish_headings
from octavo.markdown.htmltext import escape
from octavo.markdown.parser import build_parser
from octavo.markdown.session import ENV_KEY, Session, SourceView
from octavo.markdown.titles import choose_title, shorten
from octavo.markdown.writer import BlockWriter
from octavo.model import Document, FrontCard, MarkdownOptions, PageBody, PageCard, PagePlaces, SourceText

__all__ = ["parse_document"]


def parse_document(source: SourceText, options: MarkdownOptions) -> Document:
    """Parse a page: front matter, Markdown, and all that it includes.

    Never fails and opens no file: complaints are in the document, included texts come with the source.
    """
    text, problems = clean_text(source.file, source.text)
    front = parse_front_matter(source.source, source.file, text)
    view = SourceView(source.file, front.body, front.body_line)
    session = Session(options, view, dict(source.includes), dict(source.include_problems))
    session.diagnostics += [*refuse_in_front_matter(problems, front.body_line), *front.diagnostics]
    draft = PageDraft(session, len(text.encode("utf-8", "surrogatepass")))
    try:
        parts, summary, has_title = _write(draft, view, options)
    except RecursionError:
        # The limit on nesting keeps far away from this; a deep stack of the caller can still bring it near.
        session.views[:] = [view]
        session.fail("nesting-too-deep", "the page is nested too deeply to be read", 0, hint="nest less")
        draft = PageDraft(session, 0)
        parts, summary, has_title = [f"<pre>{escape(view.text)}</pre>\n"], "", False
    headings, toc = finish_headings(draft, front.front.aliases, front.places)
    return Document(
        front=FrontCard(source=source.source, front=front.front),
        card=PageCard(
            title=choose_title(front.front.title, draft.headings, source.source),
            headings=headings,
            anchors=tuple(dict.fromkeys(draft.anchors)),
            links=tuple(draft.links),
        ),
        body=PageBody(html="".join(parts), toc=toc, summary=shorten(summary), has_title=has_title),
        places=_places(draft, front),
        blocks=PageBlocks(
            blocks=tuple(draft.blocks.blocks),
            places=tuple(draft.blocks.places),
            problems=tuple(draft.blocks.problems),
        ),
        diagnostics=sort_diagnostics(session.diagnostics),
    )


def _places(draft: PageDraft, front: FrontResult) -> PagePlaces:
    return PagePlaces(
        links=tuple(draft.places),
        link_excerpts=tuple(draft.excerpts),
        link_ways=tuple(draft.ways),
        front=front.places,
    )


def _write(draft: PageDraft, view: SourceView, options: MarkdownOptions) -> tuple[list[str], str, bool]:
    session = draft.session
    md: Any = build_parser(options)
    env: dict[str, Any] = {ENV_KEY: session}
    tokens: list[Token] = []
    md.block.parse(view.text, md, env, tokens)
    labels = frozenset(label[1:] for label in env.get("footnotes", {}).get("refs", ()))
    tokens = rewrite_blocks(tokens, session)
    _parse_inline(md, env, session, tokens)
    make_figures(tokens)
    writer = BlockWriter(draft, labels)
    parts = writer.write(tokens)
    first = next((token for token in tokens if token.type not in _INVISIBLE), None)
    return parts, writer.summary, first is not None and first.tag == "h1"


_INVISIBLE = frozenset({"hidden_comment", "include_open", "include_failed"})


def _parse_inline(md: Any, env: dict[str, Any], session: Session, tokens: list[Token]) -> None:
    links_mail = session.options.linkify
    for token in tokens:
        kind = token.type
        if kind == "inline":
            content = token.content
            children: list[Token] = []
            md.inline.parse(content, md, env, children)
            if links_mail and "@" in content:
                children = link_mail_addresses(children)
            token.children = children
            if session.inline_overflow:
                session.inline_overflow = False
                session.fail(
                    "nesting-too-deep",
                    f"images are nested more than {session.options.max_nesting} deep",
                    token.map[0] if token.map else 0,
                    hint="nest less",
                )
        elif kind == "include_open":
            session.views.append(token.meta["view"])
        elif kind == "include_close":
            session.views.pop()
