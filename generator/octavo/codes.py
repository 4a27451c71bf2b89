"""Every diagnostic code with its meaning in one sentence.

Codes are stable: a code is never reused for another problem. The handbook's page of diagnostics lists exactly these;
a test compares the two.
"""

__all__ = ["CODES"]

CODES: dict[str, str] = {
    "broken-anchor": "A link names a heading or id that its page does not have.",
    "broken-link": "A link names a page or file that does not exist.",
    "duplicate-url": "Two sources would be published at one address.",
    "missing-asset": "An image or file that a page shows does not exist.",
    "missing-template": "Front matter names a template that neither the site nor the theme has.",
    "orphan-page": "A page stands in no entry of `nav`.",
}
