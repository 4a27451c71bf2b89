"""The media type of an output, by its suffix: the same on every machine, whatever its own table says."""

__all__ = ["content_type_of"]

_TEXT = "; charset=utf-8"

# IANA media types; those of scripts and fonts as browsers ask for them (RFC 9239, RFC 8081).
_TYPES = {
    "html": "text/html" + _TEXT,
    "htm": "text/html" + _TEXT,
    "css": "text/css" + _TEXT,
    "js": "text/javascript" + _TEXT,
    "mjs": "text/javascript" + _TEXT,
    "json": "application/json",
    "map": "application/json",
    "webmanifest": "application/manifest+json",
    "xml": "application/xml",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "txt": "text/plain" + _TEXT,
    "md": "text/markdown" + _TEXT,
    "py": "text/x-python" + _TEXT,
    "csv": "text/csv" + _TEXT,
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "toml": "application/toml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/vnd.microsoft.icon",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "gz": "application/gzip",
    "tar": "application/x-tar",
    "wasm": "application/wasm",
}


def content_type_of(output: str) -> str:
    """Give the media type of an output; a suffix that is not known is a download."""
    name = output.rpartition("/")[2]
    return (
        _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        if "." in name
        else "application/octet-stream"
    )
