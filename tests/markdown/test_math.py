"""Formulas beyond their fixtures: whatever is written, only MathML comes out, soon, and the library is loaded when needed."""

import random
import re
import subprocess
import sys
import time

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markdown_pages import parse_page, problems
from octavo.markdown.mathml import MAX_FORMULA, read_formula

MATHML = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
    "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover",
}  # fmt: skip
PIECES = (
    "a", "1", " ", "{", "}", "^", "_", "&", "\\\\", "<", ">", '"', "'", "=", "|", "[", "]", "(", "%", "#", "~", ";", "x27",
    "\\frac", "\\sqrt", "\\text", "\\left", "\\right", "\\begin{array}", "\\end{array}", "\\begin{cases}", "\\end{cases}",
    "\\color", "\\href", "\\style", "\\mathbb", "\\mathrm", "\\sum", "\\limits", "\\over", "\\not", "\\middle", "\\big",
    "\\genfrac", "\\sideset", "\\hspace", "\\kern", "\\overset", "\\hbox", "\\mbox", "\\operatorname", "\\def", "\\tag",
    "&#x3c;", "<script>", "javascript:", "onclick=x", "\\verb", "\\x", "é", "\u2028", "\U0001d400",
)  # fmt: skip


def dangers(html):
    """Name the elements and attributes of a formula that are not MathML's, as a parser of HTML reads it."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        tag = str(element.tag).rpartition("}")[2]
        found += [tag] if tag not in {*MATHML, "DOCUMENT_FRAGMENT"} else []
        found += [name for name in element.attrib if re.match(r"on|style|href|src|id|xlink|\{", name)]
    return found


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.booleans())
def test_whatever_is_written_becomes_mathml_or_a_problem(latex, display):
    formula = read_formula(latex, display=display)

    assert bool(formula.html) != bool(formula.problem)
    assert dangers(formula.html) == []


@given(st.text(max_size=60), st.booleans())
def test_any_text_becomes_mathml_or_a_problem(latex, display):
    formula = read_formula(latex, display=display)

    assert bool(formula.html) != bool(formula.problem)
    assert dangers(formula.html) == []


def test_the_check_sees_what_is_no_mathml():
    assert dangers('<math><mi onclick="x"><p style="x">a</p></mi></math>') == ["onclick", "p", "style"]


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\mathbb{R}", "ℝ"), (r"\mathbb{A}", "𝔸"), (r"\mathcal{L}", "ℒ"), (r"\mathfrak{C}", "ℭ"),
        (r"\mathbf{x1}", "𝐱𝟏"), (r"\mathtt{a}", "𝚊"), (r"\mathsf{Z}", "𝖹"), (r"\boldsymbol{\alpha}", "𝜶"),
    ],
)  # fmt: skip
def test_letters_of_other_alphabets_are_those_of_unicode(latex, shown):
    assert re.sub("<[^>]*>", "", read_formula(latex, display=False).html) == shown


def test_an_upright_letter_is_upright():
    assert '<mi mathvariant="normal">d</mi>' in read_formula(r"\mathrm{d}x", display=False).html


@pytest.mark.parametrize(
    ("latex", "problem"),
    [
        ("{" * 50 + "a" + "}" * 50, "the formula is nested too deeply"),
        ("a" * (MAX_FORMULA + 1), "the formula is longer than 4,000 characters"),
        (r"\def\a{\a\a}\a", r"`\def` cannot be used in a formula"),
        (r"\begin{tikzpicture}a\end{tikzpicture}", "there is no environment `tikzpicture`"),
        ("a & b", "`&` stands in no matrix and no aligned lines"),
        (r"\frac{1}", "a part of the formula is missing"),
    ],
)
def test_what_is_wrong_is_said(latex, problem):
    assert read_formula(latex, display=False).problem == problem


def test_the_sum_of_a_formula_on_its_own_has_its_limits_above_and_below():
    assert "<munderover>" in read_formula(r"\sum_{a}^{b}", display=True).html
    assert "<msubsup>" in read_formula(r"\sum_{a}^{b}", display=False).html


UNITS = (
    "$",
    "$$",
    "$a ",
    "$a",
    "$a$b",
    "$$ a\n",
    "$`a",
    "\\$",
    "$\\",
    "$$\na\n",
    "a$$\n",
    "$\n",
    "> $$\n",
    "[$a](",
)


@pytest.mark.parametrize("unit", UNITS)
def test_dollars_cost_no_more_than_their_number(unit):
    def seconds(count):
        started = time.process_time()
        parse_page(unit * count)
        return time.process_time() - started

    seconds(10)
    assert seconds(20_000) < 60 * max(seconds(1_000), 0.01)


def test_the_longest_formulas_do_not_hang():
    chance = random.Random(7)
    started = time.process_time()
    for _ in range(60):
        read_formula("".join(chance.choices(PIECES, k=900))[:MAX_FORMULA], display=True)
    for unit in (
        "^",
        "_",
        "a^",
        "\\frac ",
        "\\sqrt ",
        "'",
        "\\over ",
        "\\\\",
        "\\text ",
        "\\left(",
        "\\not ",
    ):
        read_formula((unit * MAX_FORMULA)[: MAX_FORMULA - 1], display=True)
    assert time.process_time() - started < 20


def test_the_formulas_of_a_page_have_an_end():
    page = parse_page("".join(f"${'a+' * 1_900}{number}$\n\n" for number in range(30)))

    assert [code for _, code in problems(page)] == ["math-too-large"]
    assert page.body.html.count("math-failed") == 4


def test_a_page_without_a_formula_does_not_load_the_library():
    code = (
        "import sys; from octavo.markdown import parse_document; from octavo.model import MarkdownOptions, SourceText;"
        "read = lambda text: parse_document(SourceText(source='a.md', file='a.md', text=text), MarkdownOptions());"
        "read('$5 and $10 `$x$`'); before = 'latex2mathml' in sys.modules; read('$x$');"
        "print(before, 'latex2mathml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False True\n"


def test_a_formula_in_a_title_is_text_there_and_a_formula_in_the_contents():
    page = parse_page("# The root of $x^2$\n\n## Why $x$\n")

    assert page.card.title == "The root of x^2"
    assert page.body.toc[0].html == "Why <math><mrow><mi>x</mi></mrow></math>"
