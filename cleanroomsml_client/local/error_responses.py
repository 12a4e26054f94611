"""The error responses of the service, as exceptions that handlers raise."""


class WireError(Exception):
    """An error response: its code, its message, and further members of its body."""

    def __init__(self, code: str, message: str, **members: object) -> None:
        super().__init__(code, message, members)
        self.code = code
        self.message = message
        self.members = members


def validation(message: str) -> WireError:
    """Return the error for input that violates a rule."""
    return WireError("ValidationException", message)


def serialization(message: str) -> WireError:
    """Return the error for a request that cannot be parsed: not JSON, or a JSON value of the wrong type."""
    return WireError("SerializationException", message)


def access_denied(account: str, operation: str, arn: str) -> WireError:
    """Return the error for a resource of another account that has not shared it."""
    return WireError(
        "AccessDeniedException", f"Account {account} is not authorized to perform {operation} on resource {arn}"
    )


def not_found(arn: str) -> WireError:
    """Return the error for a resource that does not exist or was deleted."""
    return WireError("ResourceNotFoundException", f"Resource {arn} was not found.")


def conflict(message: str) -> WireError:
    """Return the error for a request that conflicts with the state of a resource."""
    return WireError("ConflictException", message)


def quota_exceeded(name: str, value: float) -> WireError:
    """Return the error for one resource more than a quota allows."""
    return WireError(
        "ServiceQuotaExceededException", f"The quota '{name}' is {value}.", quotaName=name, quotaValue=value
    )
