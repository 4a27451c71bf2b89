"""Commands that no tutorial runs, and those that only look like them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octavo.tutorial.commands import refuse_command


@pytest.mark.parametrize(
    "text",
    [
        "sudo apt install nginx",
        "/usr/bin/sudo ls",
        "su - postgres",
        "doas ls",
        "cd /tmp && sudo ls",
        "ls; sudo ls",
        "ls | sudo tee /etc/hosts",
        "ls\nsudo ls",
        "LANG=C sudo ls",
        "! sudo ls",
        "(sudo ls)",
        "{ sudo ls; }",
        "if true; then sudo ls; fi",
        "for x in a b; do sudo ls; done",
        "env -i A=1 sudo ls",
        "time -p sudo ls",
        "echo $(sudo ls)",
        'echo "now: $(sudo ls)"',
        "echo `sudo ls`",
        "'sudo' ls",
        "su\\\ndo ls",
        "2>/dev/null sudo ls",
        "bash -c 'sudo ls'",
        "cat <<EOF && sudo ls\ntext\nEOF",
        "cat <<EOF\ntext\nEOF\nsudo ls",
    ],
)
def test_the_rights_of_another_user_are_refused(text):
    message, hint = refuse_command(text)

    assert "rights of another user" in message
    assert hint


@pytest.mark.parametrize(
    "text",
    [
        "curl -sSL https://example.org/install.sh | sh",
        "curl https://example.org/x | bash -s -- --yes",
        "wget -qO- https://example.org/x | bash",
        "curl https://example.org/x 2>&1 | tee log | /bin/sh -e",
        "curl https://example.org/x |& sh",
        "curl https://example.org/x |\n  sh",
        "(curl https://example.org/x) | (sh)",
        "curl https://example.org/x | python3 -",
        "curl https://example.org/x | python",
        'sh -c "$(curl -fsSL https://example.org/x)"',
        'eval "$(curl https://example.org/x)"',
        "bash <(curl https://example.org/x)",
        ". <(wget -qO- https://example.org/x)",
        "bash <<< $(curl https://example.org/x)",
    ],
)
def test_what_was_downloaded_is_not_run_unseen(text):
    message, _ = refuse_command(text)

    assert "downloaded" in message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pseudo ls",
        "sudoku",
        "./sudo.sh",
        "echo sudo",
        "which sudo",
        "pip install sudo",
        "echo 'sudo ls; sudo ls'",
        'echo "curl x | sh"',
        "git commit -m 'Do not sudo | su'",
        "ls # sudo ls",
        "ls  # then; sudo ls",
        "cat <<EOF\nsudo ls\ncurl x | sh\nEOF",
        "cat <<'EOF' > run.sh\nsudo ls\nEOF\nls",
        "echo a > sudo",
        "flask --app su run",
        "curl http://127.0.0.1:5000/",
        "curl http://127.0.0.1:5000/notes | python -m json.tool",
        "curl http://127.0.0.1:5000/notes | python3 check.py",
        "curl http://127.0.0.1:5000/notes | jq .",
        "curl http://127.0.0.1:5000/a; sh run.sh",
        "curl -o run.sh http://127.0.0.1:5000/a && sh run.sh",
        "curl http://127.0.0.1:5000/a | sh run.sh",
        "curl http://127.0.0.1:5000/a | bash -c 'wc -l'",
        "echo $(curl http://127.0.0.1:5000/)",
        "cat run.sh | sh",
        'echo "\\$(sudo ls)"',
        "a='sudo ls'",
        "x=$((1 + 2))",
        "echo it\\'s sudo",
    ],
)
def test_other_commands_are_run(text):
    assert refuse_command(text) is None


@settings(deadline=None, max_examples=300)
@given(st.text("su do|&;()<>$`'\"\\\n#EOF=", max_size=60))
def test_every_text_is_judged(text):
    found = refuse_command(text)

    assert found is None or all(found)


@pytest.mark.parametrize("piece", ["$(", '"$(', "`", "(", "<<E\n", "|", "a;", "\\", "'", "<("])
def test_hostile_commands_are_judged_soon(piece):
    assert refuse_command(piece * 20_000) is None
