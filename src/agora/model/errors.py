"""Everything that can go wrong, as one small tree.

Each leaf has an exit code and an HTTP status, each error a code. What every code means stands in `codes`.

AgoraError
├── Invalid       files or words somebody wrote are wrong (carries every finding)
├── Refused       SQL or a statement that nobody may run here
├── Denied        this person may not do this (carries the reasons)
├── Missing       nothing of that name, as far as this person may know
├── Conflict      somebody else was faster, or it exists already
├── Broken        a promise was not kept: a check failed, a ledger does not verify
├── Exhausted     a limit of memory, time, rows or length was reached
├── Cancelled     whoever asked wants no answer any more
├── Unavailable   something we need is not there: a source, a disk, a database, an extra
└── Unusable      the command was called in a way that means nothing
"""

from collections.abc import Sequence
from typing import ClassVar

from agora.model.findings import Finding
from agora.model.reasons import Reason


class AgoraError(Exception):
    """A sentence for a person, a stable code for a program, and what to do next."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    def __init__(self, sentence: str, *, code: str, hint: str = "") -> None:
        """Say what is wrong in one lower-case sentence, and what to do next as a hint."""
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.code_shown = code


class Invalid(AgoraError):
    """Files or words somebody wrote are wrong; every finding is carried, not the first."""

    exit_code = 1
    status = 422

    def __init__(
        self, sentence: str, *, code: str, findings: Sequence[Finding] = (), hint: str = ""
    ) -> None:
        """Carry all findings beside the summary."""
        super().__init__(sentence, code=code, hint=hint)
        self.findings = tuple(findings)


class Refused(AgoraError):
    """The statement contains something no reader may run, whoever they are."""

    exit_code = 3
    status = 403


class Denied(AgoraError):
    """The principal may not do this; the reasons say which rule and how to ask."""

    exit_code = 3
    status = 403

    def __init__(
        self, sentence: str, *, code: str, reasons: Sequence[Reason] = (), hint: str = ""
    ) -> None:
        """Carry the reasons of the decision."""
        super().__init__(sentence, code=code, hint=hint)
        self.reasons = tuple(reasons)

    @classmethod
    def because(cls, reasons: Sequence[Reason], words: str = "") -> "Denied":
        """The denial these reasons make, at least one: the first speaks, after `words` if any."""
        first = reasons[0]
        sentence = f"{words}: {first.sentence}" if words else first.sentence
        return cls(sentence, code=first.code, reasons=reasons, hint=first.hint)


class Missing(AgoraError):
    """Nothing of that name exists, as far as this person may know."""

    exit_code = 2
    status = 404


class Conflict(AgoraError):
    """Somebody else was faster, or the thing exists already; `standing` is what stands there now."""

    exit_code = 5
    status = 409

    def __init__(
        self, sentence: str, *, code: str, hint: str = "", standing: object | None = None
    ) -> None:
        """Carry what stands now, where whoever was slower may see it: nothing of it is lost."""
        super().__init__(sentence, code=code, hint=hint)
        self.standing = standing


class Broken(AgoraError):
    """A promise was not kept: a blocking check failed or a proof does not hold."""

    exit_code = 1
    status = 422


class Exhausted(AgoraError):
    """A limit of memory, time, rows or length was reached and the work was stopped."""

    exit_code = 4
    status = 413


class Cancelled(AgoraError):
    """Whoever asked wants no answer any more, so the work was stopped: nothing is wrong."""

    exit_code = 4
    status = 409


class Unavailable(AgoraError):
    """Something we need is not there: a source, a disk, a database, an optional extra."""

    exit_code = 4
    status = 503


class Unusable(AgoraError):
    """The command was called in a way that means nothing."""

    exit_code = 2
    status = 400
