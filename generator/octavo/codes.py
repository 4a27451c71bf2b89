"""Every diagnostic code with its meaning in one sentence.

Codes are stable: a code is never reused for another problem. The handbook's page of diagnostics lists exactly these;
a test compares the two.
"""

__all__ = ["CODES"]

CODES: dict[str, str] = {
    "bad-name": "A file has a name that some systems cannot hold, or that is not valid text.",
    "broken-anchor": "A link names a heading or id that its page does not have.",
    "broken-link": "A link names a page or file that does not exist.",
    "duplicate-key": "A key stands twice in one mapping of YAML.",
    "duplicate-url": "Two sources would be published at one address.",
    "fence-attribute": "The info string of a code block holds an attribute that does not exist.",
    "fence-syntax": "The info string of a code block cannot be read: an open quote or brace, or a value of the wrong kind.",
    "folder-overlap": "The output folder and a folder of sources lie in each other.",
    "front-matter-format": "Front matter is written in TOML or JSON, which are not read.",
    "front-matter-mapping": "Front matter is a list or a text where it must be keys with values.",
    "front-matter-place": "Something stands before the line that opens front matter, so that it is shown as text.",
    "front-matter-unclosed": "Front matter is opened on line 1 and never closed.",
    "highlight-budget": "A code block is too large, or takes too long, to be highlighted, and stays plain.",
    "invalid-value": "A value has the right type and cannot be: a day that no calendar has, a number out of range.",
    "line-range": "A code block marks a line that it does not have, or writes a range that is none.",
    "missing-asset": "An image or file that a page shows does not exist.",
    "missing-key": "A key that is required is missing or empty.",
    "missing-template": "Front matter names a template that neither the site nor the theme has.",
    "not-utf8": "A file of text is not encoded in UTF-8.",
    "orphan-page": "A page stands in no entry of `nav`.",
    "template-cycle": "A template extends or includes itself, directly or through others.",
    "template-error": "A template failed while it rendered a page: an unknown name, a wrong type, a loop without end.",
    "template-missing": "A template extends, includes or imports a template that the theme does not have.",
    "template-syntax": "A template cannot be read: wrong syntax, an unknown tag, filter or test.",
    "theme-option": "`theme: options` of site.yaml, or theme.yaml, gives an option that is unknown or of the wrong type.",
    "unknown-key": "Front matter or site.yaml has a key that does not exist.",
    "unknown-language": "A code block names a language that the highlighter does not know.",
    "unsafe-path": "A path or address leads out of the place where it must stay, or holds characters that no path may hold.",
    "wrong-type": "A value has another type than its key expects.",
    "yaml-alias": "YAML aliases and anchors are off.",
    "yaml-character": "A character stands in YAML that it may not hold: a control character, half a surrogate pair.",
    "yaml-comment": "A value is empty because its `#` starts a comment.",
    "yaml-depth": "YAML is nested deeper than 64 levels.",
    "yaml-documents": "A second YAML document begins where one is read.",
    "yaml-key": "A list or mapping is used as a key.",
    "yaml-merge-key": "YAML merge keys are off.",
    "yaml-syntax": "A text is not YAML: an open quote or bracket, wrong indentation, a value that needs quotes.",
    "yaml-tag": "YAML tags are off.",
    "yaml-too-large": "YAML is longer than is read: 64 KiB of front matter, 1 MiB of site.yaml.",
}
