"""What stands below `tutorial:` in front matter: every key typed, every mistake at its place."""

import pytest

from octavo.frontmatter import parse_front_matter
from octavo.model import Normaliser, TutorialEnv, TutorialSettings
from octavo.tutorialkeys import parse_duration

EVERY_KEY = """
  project: flask-notes
  env:
    python: ">=3.10"
    requirements: requirements.lock
    vars: {FLASK_APP: app, EMPTY: }
    secrets: [WEATHER_KEY]
  base_url: http://127.0.0.1:5000
  ports: [5000]
  timeout: 500ms
  files: /starter/
  depends: [data.csv]
  normalise:
    - {find: 'took \\d+ ms', to: 'took N ms'}
  download: {exclude: ["*.db", ".env"]}
  profiles: [full, slow]
  starts: 01-first.md
"""


def parse(settings):
    return parse_front_matter("a/b.md", "content/a/b.md", f"---\ntutorial:{settings}---\n")


def test_every_key_is_read():
    result = parse(EVERY_KEY)

    assert result.diagnostics == ()
    assert result.front.tutorial == TutorialSettings(
        project="flask-notes",
        env=TutorialEnv(
            python=">=3.10",
            requirements="requirements.lock",
            vars=(("FLASK_APP", "app"), ("EMPTY", "")),
            secrets=("WEATHER_KEY",),
        ),
        base_url="http://127.0.0.1:5000",
        ports=(5000,),
        timeout=0.5,
        files="/starter",
        depends=("data.csv",),
        normalise=(Normaliser(find="took \\d+ ms", to="took N ms"),),
        exclude=("*.db", ".env"),
        profiles=("full", "slow"),
        starts="01-first.md",
    )


@pytest.mark.parametrize(
    ("settings", "place", "code", "words"),
    [
        ("\n  projct: a\n", "3:3", "unknown-key", "tutorial.projct"),
        ("\n  project: ../a\n", "3:12", "unsafe-path", "without slashes"),
        ("\n  env: 3\n", "3:8", "wrong-type", "a mapping"),
        ("\n  env: {python: newest}\n", "3:17", "invalid-value", "a version"),
        ("\n  env: {requirements: ../../lock}\n", "3:23", "unsafe-path", "leaves the site folder"),
        ("\n  env: {vars: [A]}\n", "3:15", "wrong-type", "a mapping"),
        ("\n  env: {vars: {A-B: c}}\n", "3:16", "invalid-value", "no variable"),
        ("\n  env: {vars: {A: [1]}}\n", "3:19", "wrong-type", "text"),
        ("\n  env: {secrets: [a b]}\n", "3:19", "invalid-value", "letters, digits"),
        ("\n  env: {pyton: 3}\n", "3:9", "unknown-key", "tutorial.env.pyton"),
        ("\n  base_url: localhost:5000\n", "3:13", "invalid-value", "https://"),
        ("\n  ports: [70000]\n", "3:11", "invalid-value", "65535"),
        ("\n  timeout: soon\n", "3:12", "invalid-value", "a time"),
        ("\n  timeout: 0s\n", "3:12", "invalid-value", "a time"),
        ("\n  files: ../starter\n", "3:10", "unsafe-path", "leaves the site folder"),
        ("\n  normalise: [{find: '('}]\n", "3:22", "invalid-value", "no regular expression"),
        ("\n  normalise: [{find: 'a*'}]\n", "3:22", "invalid-value", "empty text"),
        ("\n  normalise: [{to: a}]\n", "3:15", "invalid-value", "what to find"),
        ("\n  download: {excludes: [a]}\n", "3:14", "unknown-key", "tutorial.download.excludes"),
        ("\n  starts: [a]\n", "3:11", "wrong-type", "text"),
    ],
)
def test_a_mistake_is_reported_at_its_place(settings, place, code, words):
    (problem,) = parse(settings).diagnostics

    assert (place, code) == (str(problem.location).removeprefix("content/a/b.md:"), problem.code)
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("500ms", 0.5),
        ("2m", 120),
        ("1.5 min", 90),
        ("30", None),
        ("-1s", None),
        ("25000m", None),
    ],
)
def test_a_time_has_a_unit(text, seconds):
    assert seconds == parse_duration(text)
