"""Lines of HTML put together, with those wrapped of which something is said: they are marked, or have numbers."""

from collections.abc import Collection, Sequence

__all__ = ["write_lines"]


def write_lines(
    lines: Sequence[str],
    *,
    marked: Collection[int] = (),
    changed: Sequence[str] = (),
    first_line: int = 0,
    ends_line: bool = True,
) -> str:
    """Join lines of HTML.

    Args:
        lines: the lines without line ends.
        marked: lines to mark, counted from 1.
        changed: for each line of a difference `ins`, `del` or nothing; empty where the lines are no difference.
        first_line: the number shown beside the first; 0 without numbers.
        ends_line: whether the last line has a line end.

    """
    if not first_line and not marked and not any(changed):
        return "\n".join(lines) + ("\n" if ends_line else "")
    out = []
    for number, line in enumerate(lines, 1):
        end = "\n" if ends_line or number < len(lines) else ""
        tag = "mark" if number in marked else changed[number - 1] if changed else ""
        tag = tag or ("span" if first_line else "")
        data = f' data-line="{first_line + number - 1}"' if first_line else ""
        out.append(f'<{tag} class="line"{data}>{line}{end}</{tag}>' if tag else line + end)
    return "".join(out)
