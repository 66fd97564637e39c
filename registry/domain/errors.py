"""What can go wrong, as one tree.

    DomainError
    ├── NotFound          there is no such thing, or not for this person
    ├── Forbidden         this person may not do this
    ├── SignInNeeded      nobody is signed in
    ├── WrongState        the thing has moved on, or the time for it is over
    │   └── Stale         somebody else saved first
    ├── Conflict          the same key with another body, a second of something that may be there once
    └── Invalid           a value from outside is not acceptable

An error carries a key and values, never a sentence; ``registry.words`` has the sentences.
"""


class DomainError(Exception):
    """A refusal with a key for its sentence and the values that stand in it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class NotFound(DomainError):
    def __init__(self, key: str = "not_found", **values: object) -> None:
        super().__init__(key, **values)


class Forbidden(DomainError):
    def __init__(self, key: str = "forbidden", **values: object) -> None:
        super().__init__(key, **values)


class SignInNeeded(DomainError):
    def __init__(self) -> None:
        super().__init__("sign_in_needed")


class WrongState(DomainError):
    pass


class Stale(WrongState):
    def __init__(self) -> None:
        super().__init__("stale")


class Conflict(DomainError):
    pass


class Invalid(DomainError):
    """A value is not acceptable; ``field`` says which one, where it belongs to a field."""

    def __init__(self, key: str, field: str | None = None, **values: object) -> None:
        super().__init__(key, **values)
        self.field = field
