"""The address at which a page's source can be edited."""

from octavo.config import Config
from octavo.urls import encode_path

__all__ = ["edit_href"]

_PATTERNS = (
    ("gitlab.", "-/edit/{branch}/{path}"),
    ("bitbucket.", "src/{branch}/{path}?mode=edit"),
    ("codeberg.", "_edit/{branch}/{path}"),
    ("gitea.", "_edit/{branch}/{path}"),
)
_USUAL = "edit/{branch}/{path}"


def edit_href(config: Config, source: str, prefix: str) -> str:
    """Give the edit address of a page, or an empty text where site.yaml names no repository.

    `repository.edit` is `off` or a pattern with `{branch}` and `{path}`, absolute or relative to the repository's address;
    without it the pattern of the host is taken. *prefix* is the site folder within the repository.
    """
    repository = config.repository
    if not repository.url or repository.edit == "off":
        return ""
    host = repository.url.partition("://")[2].partition("/")[0]
    usual = next((pattern for name, pattern in _PATTERNS if name in host), _USUAL)
    pattern = repository.edit or usual
    folder = "" if config.content_dir in {"", "."} else config.content_dir + "/"
    path = pattern.replace("{branch}", repository.branch).replace("{path}", encode_path(prefix + folder + source))
    return path if "://" in path else repository.url.rstrip("/") + "/" + path
