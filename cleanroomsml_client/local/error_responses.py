"""The service's own error answers, as exceptions that handlers raise."""


class WireError(Exception):
    """An error answer: its code, its message, and further members of its body."""

    def __init__(self, code: str, message: str, **members: object) -> None:
        super().__init__(code, message, members)
        self.code = code
        self.message = message
        self.members = members


def validation(message: str) -> WireError:
    """The input is not acceptable."""
    return WireError("ValidationException", message)


def serialization(message: str) -> WireError:
    """The request cannot be read at all: not JSON, or a JSON value of the wrong type."""
    return WireError("SerializationException", message)


def access_denied(account: str, operation: str, arn: str) -> WireError:
    """The resource belongs to another account, which has not shared it."""
    return WireError(
        "AccessDeniedException", f"Account {account} is not authorized to perform {operation} on resource {arn}"
    )


def not_found(arn: str) -> WireError:
    """There is no such resource, or no longer."""
    return WireError("ResourceNotFoundException", f"Resource {arn} was not found.")


def conflict(message: str) -> WireError:
    """The request clashes with the state of a resource."""
    return WireError("ConflictException", message)


def quota_exceeded(name: str, value: float) -> WireError:
    """One more would be too many."""
    return WireError(
        "ServiceQuotaExceededException", f"The quota '{name}' is {value}.", quotaName=name, quotaValue=value
    )
