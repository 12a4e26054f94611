"""Reads botocore's files in threads, not on the event loop: data files, configuration, credentials."""

# botocore is untyped; what it returns stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

from aiobotocore.credentials import AioBotoProvider, AioConfigProvider, AioSharedCredentialProvider
from aiobotocore.session import AioSession
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader

__all__ = ["create_isolated_session", "prepare_session", "share_data_files"]


async def prepare_session(session: AioSession | None, profile_name: str | None, service: str) -> AioSession:
    """Return the session, or a new one, after a thread has read what creating a client needs; the session keeps it.

    Left on the event loop: the files of the sources that also send requests (SSO, assumed roles, web identity), and,
    for a session of the user's, which must not be modified, the credentials file.
    """
    return await asyncio.to_thread(_prepare_session, session, profile_name, service)


def _prepare_session(session: Any, profile_name: str | None, service: str) -> AioSession:
    if session is None:
        session = share_data_files(AioSession(profile=profile_name))
        resolver = session.get_component("credential_provider")
        resolver.providers[:] = [
            _ReadInThread(provider) if type(provider) in _FILE_PROVIDERS else provider
            for provider in resolver.providers
        ]
    version = session.get_config_variable("api_versions").get(service)  # reads `~/.aws/config` and `~/.aws/credentials`
    loader = session.get_component("data_loader")
    # AioSession.warm_up_loader_caches also loads what no client of this service needs: 14 ms of each `connect`.
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    for name in ("service-2", "endpoint-rule-set-1"):
        loader.load_service_model(service, name, version)
    return cast("AioSession", session)


_FILE_PROVIDERS = (AioSharedCredentialProvider, AioConfigProvider, AioBotoProvider)
"""The sources of credentials that do nothing but read a file."""


class _ReadInThread:
    """A source of credentials that reads its file in a thread."""

    def __init__(self, provider: Any) -> None:
        self.METHOD = provider.METHOD
        self.CANONICAL_NAME = provider.CANONICAL_NAME
        self._provider = provider

    async def load(self) -> Any:
        """Return the credentials, or None if the file has none."""
        return await asyncio.to_thread(lambda: asyncio.run(self._provider.load()))


def create_isolated_session(access_key: str, secret_key: str) -> Any:
    """Return a session with these credentials and botocore's defaults, without the machine's files and variables."""
    defaults = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    no_files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session: Any = share_data_files(AioSession({**defaults, **no_files}))
    session.set_credentials(access_key, secret_key)
    return session


def share_data_files(session: AioSession) -> AioSession:
    """Give a session of our own a faster loader of botocore's data files; return the session.

    Not for a user's session: theirs may have handlers that change what they load.
    """
    paths: list[str] = session.get_component("data_loader").search_paths
    session.register_component("data_loader", _Loader(paths, file_loader=_FILES, include_default_search_paths=False))
    return session


class _SharedFiles(JSONFileLoader):  # type: ignore[misc]  # botocore is untyped
    """Parses each of botocore's data files once per process; all sessions of our own share the result.

    botocore parses them again for every session, its endpoints.json of 1.2 MB included. Sharing saves two thirds of a
    second `connect` and 8 MB per idle client. botocore already shares them between the clients of one session.

    JSON objects become plain dicts, not OrderedDicts: saves 3 % of the instructions of a start, and 3 MB.
    """

    def __init__(self) -> None:
        self._documents: dict[str, Any] = {}

    def load_file(self, file_path: str) -> Any:
        document = self._documents.get(file_path)
        for suffix, open_file in _OPEN.items():
            if document is None and Path(file_path + suffix).is_file():
                with open_file(file_path + suffix) as file:
                    document = self._documents[file_path] = json.loads(file.read())
        return document


_OPEN: dict[str, Callable[[str], Any]] = {".json": partial(open, mode="rb"), ".json.gz": gzip.open}


_FILES = _SharedFiles()


class _Loader(Loader):  # type: ignore[misc]  # botocore is untyped
    """Checks the folder of one service instead of listing all 400: saves 16 ms, a twentieth of a cold start."""

    def list_available_services(self, type_name: str) -> Any:
        return _Services(self, type_name)


class _Services:
    """A list of services that supports what botocore does with it: `in`, and iteration for an error message."""

    def __init__(self, loader: Loader, type_name: str) -> None:
        self._loader = loader
        self._type_name = type_name

    def __contains__(self, service_name: str) -> bool:
        with suppress(DataNotFoundError):
            self._loader.determine_latest_version(service_name, self._type_name)
            return True
        return False

    def __iter__(self) -> Iterator[str]:
        yield from Loader.list_available_services(self._loader, self._type_name)
