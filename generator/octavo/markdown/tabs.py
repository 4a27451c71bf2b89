"""Tabs and steps: containers that say something about the blocks that they hold.

    :::: tabs Operating system          ::: steps
    ::: tab Linux                       1. Do this.
    ...                                 2. Then that.
    :::                                 :::
    ::: tab Windows
    ...
    :::
    ::::

Tabs are a group of radio buttons and one section each, so that a style sheet alone can show the chosen one, and all of
them stand one after the other where there is no style sheet. Groups of one title are chosen together by a script.
"""

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from octavo.markdown.session import session_of

__all__ = ["finish_steps", "finish_tabs", "in_tabs", "open_tab", "open_tabs"]


def open_tabs(state: StateBlock, title: str) -> None:
    """Push the opening of a group of tabs; its buttons come when the tabs are known."""
    token = state.push("tabs_open", "div", 1)
    token.attrs = {"class": "tabs"}
    if title:
        token.attrs["data-sync"] = title
    token.meta["title"] = title


def in_tabs(state: StateBlock) -> bool:
    """Tell whether a block stands directly in a group of tabs."""
    containers = session_of(state).containers
    return bool(containers) and containers[-1] == ("tabs", state.level - 1)


def open_tab(state: StateBlock, title: str, line: int) -> None:
    """Push the opening of one tab of a group; its title becomes that of its button."""
    token = state.push("tab_open", "section", 1)
    inline = Token("inline", "", 0, content=title, children=[], map=[line, line + 1])
    token.meta["title"] = inline


def finish_tabs(state: StateBlock, opening: int, line: int) -> None:
    """Put the buttons before the tabs of a group; *opening* is the index of its opening token."""
    session = session_of(state)
    tokens = state.tokens
    first = tokens[opening]
    inner = [token for token in tokens[opening + 1 :] if token.level == first.level + 1]
    tabs = [token for token in inner if token.type == "tab_open"]
    if not tabs or any(token.nesting >= 0 and token.type != "tab_open" for token in inner):
        session.warn(
            "container-content",
            "`tabs` holds something that is no tab" if tabs else "`tabs` holds no tab",
            line,
            hint="write each as `::: tab Title`, with more colons for `tabs` around them",
        )
    if not tabs:
        return
    session.tab_groups += 1
    level = first.level + 1
    made = [Token("fieldset_open", "fieldset", 1, level=level, block=True)]
    if first.meta["title"]:
        legend = Token("legend_open", "legend", 1, {"class": "vh"}, level=level + 1, block=True)
        title = Token("inline", "", 0, content=first.meta["title"], children=[], map=[line, line + 1])
        made += [legend, title, Token("legend_close", "legend", -1, level=level + 1, block=True)]
    for number, tab in enumerate(tabs):
        button = Token("tab_button_open", "label", 1, level=level + 1, block=True)
        button.meta = {"group": session.tab_groups, "checked": number == 0}
        title = tab.meta["title"]
        title.level = level + 2
        made += [button, title, Token("tab_button_close", "label", -1, level=level + 1, block=True)]
    made.append(Token("fieldset_close", "fieldset", -1, level=level, block=True))
    tokens[opening + 1 : opening + 1] = made


def finish_steps(state: StateBlock, opening: int, line: int) -> None:
    """Report steps that are no numbered list."""
    level = state.tokens[opening].level + 1
    inner = {token.type for token in state.tokens[opening + 1 :] if token.level == level}
    if inner != {"ordered_list_open", "ordered_list_close"}:
        session_of(state).warn(
            "container-content",
            "`steps` holds something that is no numbered list",
            line,
            hint="write the steps as `1.`, `2.` and so on, what belongs to a step indented below it",
        )
