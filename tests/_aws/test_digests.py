"""The functions of aiobotocore and botocore that `_aws` replaces: a change of one is noticed here.

When this fails after an upgrade, compare it with the head of `_aws/endpoint.py`, `_aws/transport.py`,
`_aws/signing.py`, `_aws/resolution.py` or `_aws/files.py`, follow the change where it matters, and add the new digest.
"""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from aiobotocore import endpoint as aio_endpoint
from aiobotocore import httpsession as aio_session
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.regions import AioEndpointRulesetResolver
from botocore import endpoint as boto_endpoint
from botocore.auth import SigV4Auth
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import JSONFileLoader

_AIO: Any = aio_endpoint
_HTTP: Any = aio_session
_BOTO: Any = boto_endpoint

_SIGNER: Any = SigV4Auth
_RESOLVER: Any = AioEndpointRulesetResolver
_FILES: Any = JSONFileLoader
_EMITTER: Any = HierarchicalEmitter
_AIO_EMITTER: Any = AioHierarchicalEmitter

_DIGESTS: dict[Callable[..., object], set[str]] = {
    _AIO.AioEndpoint.create_request: {"9430edc6b5b565f0"},
    _AIO.AioEndpoint._send_request: {"45299be64199a2eb"},
    _AIO.AioEndpoint._get_response: {"947244e32dad1405"},
    _AIO.AioEndpoint._do_get_response: {"082b773ba52d7a7e"},
    _AIO.AioEndpoint._add_modeled_error_fields: {"1e4edfb66c90658f"},
    _AIO.AioEndpoint._needs_retry: {"e0e1e14d904d1f83"},
    _AIO.convert_to_response_dict: {"7b32c63320bd3988"},
    _HTTP.AIOHTTPSession.send: {"0424179d5be0fbd7", "9633db7fc585c5fb"},
    _HTTP.AIOHTTPSession._create_connector: {"b902e9e7f91a58d5"},
    _HTTP.AIOHTTPSession._build_verify_context: {"cf96551210ae3e86"},
    _HTTP.AIOHTTPSession._build_ssl_contexts: {"6f392f5c758d3653"},
    _BOTO.Endpoint._update_retries_context: {"b5ec9d130efb1d42", "f50793020b61fed6"},
    _BOTO.Endpoint._set_ttl: {"a3bf4cd33da4d989"},
    _SIGNER: {"733abf07a77f36ba"},
    _RESOLVER: {"2a2d745de5747089"},
    _EMITTER: {"cea1208c582b9ad5"},
    _AIO_EMITTER._emit: {"1d720dc37d4e9888"},
    _FILES: {"01c36b3a078faeb4"},
    _BOTO.Endpoint._calculate_ttl: {"1ebe56b29c54889a"},
}


def _digest(function: Callable[..., object]) -> str:
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


@pytest.mark.parametrize("function", _DIGESTS, ids=lambda function: function.__qualname__)
def test_replaced_function_is_unchanged(function: Callable[..., object]) -> None:
    """The source of a replaced function is one that our replacement was compared with."""
    assert _digest(function) in _DIGESTS[function]
