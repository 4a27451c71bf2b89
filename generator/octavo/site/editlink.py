"""The address at which a page's source can be edited."""

from octavo.config import Config
from octavo.urls import encode_path

__all__ = ["edit_href"]

_PATTERNS = (
    ("gitlab.", "-/edit/{branch}/{file}"),
    ("bitbucket.", "src/{branch}/{file}?mode=edit"),
    ("codeberg.", "_edit/{branch}/{file}"),
    ("gitea.", "_edit/{branch}/{file}"),
)
_USUAL = "edit/{branch}/{file}"


def edit_href(config: Config, source: str, prefix: str) -> str:
    """Give the edit address of a page, or an empty text where site.yaml names no repository.

    `repository.edit` is a pattern with `{branch}` and `{file}`, absolute or relative to the repository's address; without
    it the pattern of the host is taken. *prefix* is the site folder within the repository.
    """
    repository = config.repository
    if not repository.url:
        return ""
    host = repository.url.partition("://")[2].partition("/")[0]
    usual = next((pattern for name, pattern in _PATTERNS if name in host), _USUAL)
    pattern = repository.edit or usual
    path = pattern.replace("{branch}", repository.branch).replace(
        "{file}", encode_path(f"{prefix}{config.content_dir}/{source}")
    )
    return path if "://" in path else repository.url.rstrip("/") + "/" + path
