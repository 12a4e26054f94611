"""The only package that imports aiobotocore and botocore, and the only one that catches their errors."""

from .calls import call_operation
from .connection import connection_limit, is_aiobotocore_client, is_boto3_client, is_not_entered, open_client
from .endpoint import BODY
from .files import create_isolated_session
from .phase import is_within_attempt

__all__ = [
    "BODY",
    "call_operation",
    "connection_limit",
    "create_isolated_session",
    "is_aiobotocore_client",
    "is_boto3_client",
    "is_not_entered",
    "is_within_attempt",
    "open_client",
]
