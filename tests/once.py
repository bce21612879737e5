"""What follows from the code alone, and is the same for every app of a process: worked out once, not for each test."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import jinja2
import pytest
from jinja2.bccache import Bucket
from joserfc.jwk import RSAKey

from playerbase import app
from playerbase.kit.http import Rendering
from playerbase.kit.http.route import Endpoint


class Compiled(jinja2.BytecodeCache):
    """The templates' code; what it is filled with, the clock among it, stays each app's own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@contextmanager
def worked_out_once() -> Iterator[None]:
    """The inputs of every route, the OpenAPI document, the templates, the authorities trusted, the one signing key."""
    compiled = Compiled()

    def rendering(*given: Any, **more: Any) -> Rendering:
        made = Rendering(*given, **more)
        made.environment.bytecode_cache = compiled
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("playerbase.kit.http.routing.Endpoint", functools.cache(Endpoint))
        patch.setattr(app, "openapi", functools.cache(app.openapi))
        patch.setattr(app, "Rendering", rendering)
        patch.setattr(httpx, "create_ssl_context", functools.cache(httpx.create_ssl_context))
        keys = SimpleNamespace(import_key=functools.cache(RSAKey.import_key))
        patch.setattr("playerbase.access.actions.keyring.RSAKey", keys)
        yield
