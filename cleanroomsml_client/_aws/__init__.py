"""The only room that knows aiobotocore and botocore, and the only one that meets their errors."""

from .calls import perform
from .connection import open_client
from .exchange import BODY

__all__ = ["BODY", "open_client", "perform"]
