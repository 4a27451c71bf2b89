"""Writes wheels, so that tests of environments need no index: a zip with a module and its metadata."""

import base64
import hashlib
import zipfile
from pathlib import Path


def make_wheel(folder, name, version="1.0", *, needs=(), code="", program=""):
    """Write a pure wheel; *program* names a command that prints `name version`. Gives its path."""
    module = name.lower().replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Dist: {need}\n" for need in needs]
    files = {
        f"{module}.py": f'__version__ = "{version}"\n{code}\ndef main():\n    print("{name} {version}")\n',
        f"{info}/METADATA": "".join(metadata),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if program:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{program} = {module}:main\n"
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    path = Path(folder) / f"{module}-{version}-py3-none-any.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for name_inside, text in files.items():
            wheel.writestr(zipfile.ZipInfo(name_inside), text)
    return path


def hash_of(path):
    """Give the hash of a file as requirements have it."""
    return "sha256:" + hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _digest(text):
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
