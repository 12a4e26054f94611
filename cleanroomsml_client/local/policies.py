"""Resource policies: as much of IAM as sharing a resource with another account needs."""

from fnmatch import fnmatchcase
from typing import TypeGuard

from .error_responses import WireError, validation
from .protocol import load_json
from .service_model import Wire


def parse(policy: str) -> dict[str, Wire]:
    """Return the document of a policy, which must be a JSON object."""
    try:
        document = load_json(policy)
    except WireError:
        document = None
    if not _is_object(document):
        raise validation("The policy is not a valid JSON policy document.")
    return document


def require_statement(policy: str) -> None:
    """Require a policy document with a statement: IAM's grammar makes it the one required element."""
    if "Statement" not in parse(policy):
        raise validation("The policy has no Statement.")


def allow(policy: str | None, account: str, operation: str, arn: str) -> bool:
    """Whether a policy allows another account to call an operation. Conditions are ignored."""
    if policy is None:
        return False
    statements = [item for item in _as_list(parse(policy).get("Statement")) if _is_object(item)]
    effects = [item.get("Effect") for item in statements if _applies(item, account, operation, arn)]
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: dict[str, Wire], account: str, operation: str, arn: str) -> bool:
    principal = statement.get("Principal")
    principals = _as_list(principal.get("AWS") if _is_object(principal) else principal)
    return (
        any(name in principals for name in ("*", account, f"arn:aws:iam::{account}:root"))
        and _matches(f"cleanrooms-ml:{operation}", statement.get("Action"))
        and _matches(arn, statement.get("Resource", "*"))
    )


def _matches(text: str, patterns: Wire) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in _as_list(patterns) if isinstance(pattern, str))


def _as_list(value: Wire) -> list[Wire]:
    """Return a list: IAM allows a list of one to be written without brackets."""
    return value if _is_list(value) else [value]


def _is_object(value: Wire) -> TypeGuard[dict[str, Wire]]:
    return isinstance(value, dict)


def _is_list(value: Wire) -> TypeGuard[list[Wire]]:
    return isinstance(value, list)
