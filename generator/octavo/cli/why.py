"""`octavo why`."""

import click

from octavo.cli.console import Console
from octavo.cli.project import open_project, with_store
from octavo.engine import Explanation, explain_output

__all__ = ["command"]

_MEANINGS = {
    "new": "it was not there before",
    "missing": "its file was missing",
    "file": "its file was changed by somebody else",
    "body": "the page's text",
    "front matter": "the page's front matter",
    "navigation": "the navigation of its section",
    "neighbours": "the previous or next page, or the way above it",
    "links": "where its links lead, or the size of its images",
    "listing": "the pages that it lists",
    "page facts": "its address, title, tags, dates or edit link",
    "site": "site.yaml, as far as every page shows it",
    "templates": "a template",
    "theme options": "an option of the theme",
    "theme words": "a word of the interface, or the language",
    "theme assets": "a style sheet, script or font of the theme",
    "octavo": "this version of octavo",
    "content": "the file itself",
    "outputs": "the names of all outputs",
    "entries": "the addresses or dates of pages",
    "target": "the page that it leads to",
    "tutorial": "the code that it shows of a tutorial, whether that was verified, or the downloads that it names",
    "titles": "the title or the headings of a page",
    "indexed texts": "what the search index sees of all pages",
    "pages": "pages that are to be made; the index follows where the text of one differs",
    "project": "the files of a tutorial's project, as they stand there",
}


@click.command("why")
@click.argument("output")
@click.option("--drafts", is_flag=True, help="Look at the site with drafts.")
@click.pass_context
def command(context: click.Context, *, output: str, drafts: bool) -> None:
    """Say why OUTPUT was made last, and whether the next build would make it.

    OUTPUT is a file of the output folder, a url, or a source.
    """
    console = Console.from_context(context)
    with open_project(context.obj["config"], console, write=False, drafts=drafts) as project:
        found = with_store(project, console, lambda: explain_output(output, project.request, project.ports))
    if not found.exists:
        near = f"; did you mean {', '.join(f'`{name}`' for name in found.near)}?" if found.near else ""
        console.say(f"error: the site has no output `{output}`{near}")
        if not near:
            console.say(
                "hint: name a file of the output folder, an address of the site or the source of a page"
            )
        context.exit(1)
    for line in _lines(found):
        console.result(line)


def _lines(found: Explanation) -> list[str]:
    source = f" from `{found.source}`" if found.source else ""
    lines = [f"{found.output}: {found.kind}{source}"]
    if found.last:
        lines.append("made last because of:")
        lines += [f"  {name}: {_MEANINGS.get(name, name)}" for name in found.last]
    if found.stale:
        lines.append("the next build would make it because of:")
        lines += [f"  {name}: {_MEANINGS.get(name, name)}" for name in found.stale]
    else:
        lines.append("up to date; it is made from:")
        lines += [f"  {name}: {_MEANINGS.get(name, name)}" for name in found.parts]
    return lines
