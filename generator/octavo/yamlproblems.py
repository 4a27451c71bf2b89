"""The problems of one YAML text, noted by place."""

from octavo.errors import Diagnostic, Location, Severity
from octavo.yamlnodes import YamlSource

__all__ = ["MAX_PROBLEMS", "ProblemList"]

MAX_PROBLEMS = 100
"""How many problems of one severity a text reports: a generated file can hold one on every line."""


class ProblemList:
    """Collects diagnostics and cuts them off where more would help nobody."""

    def __init__(self, source: YamlSource) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        # Apart, so that warnings never hide an error.
        self._left: dict[Severity, int] = {"error": MAX_PROBLEMS, "warning": MAX_PROBLEMS}

    def add(
        self,
        code: str,
        message: str,
        *,
        line: int,
        column: int,
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        """Note a problem at a place of the file."""
        if self._left[severity] == 0:
            return
        self._left[severity] -= 1
        self.diagnostics.append(
            Diagnostic(
                code=code,
                severity=severity,
                message=message,
                location=Location(self.source.file, line, column),
                excerpt=self.source.excerpt(line),
                hint=hint,
            )
        )
