"""Files of requirements: what is understood, and that nothing may be left open."""

import pytest

from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.requirements import normal_name, read_requirements


@pytest.fixture(name="read")
def fixture_read(tmp_path):
    """Write files and read the first of them."""

    def read(text, **others):
        for name, content in {"requirements": text, **others}.items():
            path = tmp_path / f"{name.replace('__', '/')}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return read_requirements(str(tmp_path / "requirements.txt"))

    return read


def names(listed):
    assert not isinstance(listed, EnvironmentProblem), listed
    return [pin.name for pin in listed.pins]


def test_pinned_requirements_are_read_in_their_order(read):
    listed = read(
        "Flask==3.1.2\nclick == 8.1.7  # the newest\n\n# nothing\nJinja2===3.1\nitsdangerous==2.2,!=3\n"
    )

    assert ["flask", "click", "jinja2", "itsdangerous"] == names(listed)
    assert [1, 2, 5, 6] == [pin.line for pin in listed.pins]
    assert not listed.hashed


def test_names_have_one_spelling():
    assert normal_name("Flask_SQLAlchemy") == normal_name("flask.sqlalchemy") == "flask-sqlalchemy"


def test_extras_and_markers_are_no_part_of_the_version(read):
    text = 'uvicorn[standard]==0.30 ; python_version >= "3.8"\ncolorama==0.4;sys_platform=="win32"\n'

    assert ["uvicorn", "colorama"] == names(read(text))


def test_a_requirement_with_hashes_goes_over_several_lines(read):
    listed = read(
        "flask==3.1 \\\n    --hash=sha256:aa \\\n    # the wheel\n    --hash sha256:bb\nclick==8.1\n"
    )

    assert isinstance(listed, EnvironmentProblem)  # the comment ended the requirement, as it does for pip
    assert 4 == listed.line

    listed = read(
        "flask==3.1 \\\n    --hash=sha256:aa \\\n    --hash sha256:bb\nclick==8.1 --hash=sha256:cc\n"
    )

    assert ["flask", "click"] == names(listed)
    assert [1, 4] == [pin.line for pin in listed.pins]
    assert listed.hashed


@pytest.mark.parametrize(
    "line",
    [
        "flask",
        "flask>=3.1",
        "flask==3.*",
        "flask~=3.1",
        "flask<4",
        "flask[async]",
        'flask ; python_version < "4"',
    ],
)
def test_a_requirement_that_is_not_pinned_is_refused_at_its_line(read, line):
    problem = read(f"click==8.1\n{line}\n")

    assert "`flask` is not pinned to a version" == problem.message
    assert (2, line) == (problem.line, problem.excerpt)
    assert "`flask==`" in problem.hint


def test_a_constraint_pins_what_the_requirements_leave_open(read):
    listed = read("-c limits.txt\nflask\n", limits="Flask==3.1\nclick==8.1\nwerkzeug>=3\n")

    assert ["flask"] == names(listed)
    assert ("click", "flask") == listed.limits


def test_included_files_stand_in_their_place(read):
    listed = read(
        "one==1\n-r parts/more.txt\n--requirement=parts/last.txt\n",
        parts__more="two==2\n-r last.txt\n",
        parts__last="three==3\n-r more.txt\n",
    )

    assert ["one", "two", "three"] == names(listed)
    assert 3 == len(listed.contents)


def test_a_problem_in_an_included_file_names_that_file(read, tmp_path):
    problem = read("-r more.txt\n", more="\nflask\n")

    assert (str(tmp_path / "more.txt"), 2) == (problem.file, problem.line)


def test_an_included_file_that_is_missing_is_told_where_it_is_included(read, tmp_path):
    problem = read("one==1\n-r nothing.txt\n")

    assert "`nothing.txt` cannot be read: No such file or directory" == problem.message
    assert (str(tmp_path / "requirements.txt"), 2) == (problem.file, problem.line)


def test_a_file_that_is_missing_or_no_text_is_a_problem(read, tmp_path):
    missing = read_requirements(str(tmp_path / "none.txt"))
    (tmp_path / "bytes.txt").write_bytes(b"flask==\xff\n")
    garbled = read_requirements(str(tmp_path / "bytes.txt"))

    assert "`none.txt` cannot be read: No such file or directory" == missing.message
    assert "`bytes.txt` is not UTF-8 text" == garbled.message


def test_a_file_of_a_package_is_pinned(read, tmp_path):
    (tmp_path / "wheels").mkdir()
    for name in ("Notes_App-1.0-py3-none-any.whl", "other-2.0.tar.gz"):
        (tmp_path / "wheels" / name).write_bytes(b"x")
    listed = read("./wheels/Notes_App-1.0-py3-none-any.whl\nother @ file:wheels/other-2.0.tar.gz\n")

    assert ["notes-app", "other"] == names(listed)
    assert [str(path) for path in sorted((tmp_path / "wheels").iterdir())] == sorted(listed.packages)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("./nothing.whl", "the file `./nothing.whl` does not exist"),
        ("./folder", "a folder is not pinned"),
        ("-e ./folder", "a folder that is installed in place is not pinned"),
        ("notes @ https://example.org/notes", "this address names no file of a package"),
        ("git+https://example.org/notes@main", "a branch or a tag is not pinned"),
        *(
            (f"--{index}-url=somewhere", f"`--{index}-url` has no place in the requirements of a tutorial")
            for index in ("index", "extra-index")
        ),
        ("-i somewhere", "`-i` has no place in the requirements of a tutorial"),
        ("--pre", "the option `--pre` is not understood here"),
        ("-r https://example.org/more.txt", "the option `-r` is not understood here"),
        ("flask==3.1 --config-settings=a=b", "`--config-settings` is not understood here"),
        ("=3.1", "this is no requirement"),
    ],
)
def test_what_cannot_be_kept_the_same_is_refused_with_a_sentence(read, tmp_path, line, message):
    (tmp_path / "folder").mkdir()
    problem = read(f"# first\n{line}\n")

    assert message == problem.message
    assert (2, line) == (problem.line, problem.excerpt)
    assert problem.hint


@pytest.mark.parametrize(
    "line",
    [
        "notes @ https://example.org/notes-1.0-py3-none-any.whl",
        "https://example.org/notes-1.0-py3-none-any.whl#sha256=aa",
        "notes @ git+https://example.org/notes@" + 40 * "a",
    ],
)
def test_an_address_of_one_file_or_commit_is_pinned(read, line):
    assert ["notes"] == names(read(line + "\n"))


def test_folders_of_packages_are_looked_for_beside_the_file(read, tmp_path):
    (tmp_path / "parts" / "wheels").mkdir(parents=True)
    listed = read("--no-index\n-r parts/more.txt\n-f packages\n", parts__more="--find-links=wheels\none==1\n")

    assert (str(tmp_path / "parts" / "wheels"), str(tmp_path / "packages")) == listed.folders
