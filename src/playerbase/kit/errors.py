"""The ways a request can be refused. Modules subclass a kind; HTTP maps the kind, not the class."""

import re
from typing import ClassVar, Self


class Refusal(Exception):
    """The request was understood and will not be done."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "refusal"

    def __init_subclass__(cls) -> None:
        # The class is the sentence; its name, in snake case, is the code clients match on.
        if "code" in cls.__dict__:
            return
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str | None = None, /, **members: object) -> None:
        super().__init__(detail or self.title())
        self.members = members
        self.is_noted = False
        self.is_replayed = False  # Told before, and kept under its key.

    def noted(self) -> Self:
        """This refusal, marked as written into the audit by who raises it, so that the edge does not write it again."""
        self.is_noted = True
        return self

    @classmethod
    def title(cls) -> str:
        """The first sentence of the class's docstring: what the client reads."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class Invalid(Refusal):
    """The request makes no sense."""

    status = 422


class Unauthenticated(Refusal):
    """Who is calling could not be established."""

    status = 401


class Denied(Refusal):
    """The caller may not do this."""

    status = 403


class NotFound(Refusal):
    """There is no such thing."""

    status = 404


class Conflict(Refusal):
    """The state of the world forbids it."""

    status = 409


class Exhausted(Refusal):
    """Too much, too soon."""

    status = 429


class Unavailable(Refusal):
    """This part is away for the moment; try again shortly."""

    status = 503


class Faults(Invalid):
    """Some of what was sent is not valid; each fault is listed."""

    code = "invalid_input"  # To a client it is one and the same, whether the edge or a module found it.


class Fault(Faults):
    """Some of what was sent is not valid; each fault is listed."""

    code = "invalid_input"

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(errors=[{"field": field, "code": code, "message": message}])
