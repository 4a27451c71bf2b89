"""Every page of Octavo's own site, read by the Nu HTML checker."""

import shutil
import subprocess

import pytest

from themebrowser import find_tool

JAR = find_tool("vnu-jar", "build", "dist", "vnu.jar")


@pytest.mark.skipif(not JAR, reason="there is no vnu-jar here; `npm install --no-save vnu-jar` brings it")
@pytest.mark.skipif(not shutil.which("java"), reason="there is no Java here")
def test_the_checker_finds_no_error(built):
    command = ["java", "-jar", JAR, "--skip-non-html", "--errors-only", "--format", "gnu", str(built.out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert (done.returncode, done.stderr) == (0, "")
