"""Opens connections to addresses that were checked, and to no others."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpcore

from playerbase.kit.outside.address import Address, is_public, read_address
from playerbase.kit.outside.failures import Refused, Unreachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

ADDRESSES_TRIED_MAX: Final = 4
LOOKUP_THREADS: Final = 8


class Lookup:
    """The system's resolver, in threads of its own: a name server that never answers holds up nobody else's work."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="lookup")

    async def __call__(self, host: str, port: int) -> list[str]:
        """Every address of a name, in the order to try them; raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._ask, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, host: str, port: int) -> list[str]:
        return [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Pinned(httpcore.AsyncNetworkBackend):
    """Looks a name up once, checks every address it has, and connects to one of those very addresses.

    It stands below TLS and HTTP, which go on speaking of the name: certificate, SNI and Host header are those of the
    name, and there is no second look-up for a resolver to answer differently.
    """

    def __init__(
        self,
        resolve: Resolve,
        network: httpcore.AsyncNetworkBackend,
        *,
        listed: Mapping[tuple[str, int], Callable[[Address], bool]],
    ) -> None:
        """Hosts and ports that are listed have a rule of their own for which addresses will do."""
        self._resolve, self._network, self._listed = resolve, network, listed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a checked address; raises Refused when any address of the name will not do."""
        will_do = self._listed.get((host, port), is_public)
        addresses = [read_address(text) for text in await self._addresses(host, port)]
        if not all(will_do(address) for address in addresses):
            # Not merely skipped: a name that mixes inside and outside is up to something.
            raise Refused("The name leads into an internal network.")
        fault: Exception = Unreachable("The name has no address.")
        for address in addresses[:ADDRESSES_TRIED_MAX]:
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as failed:
                fault = failed
        raise fault

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises Refused: nothing outside is a file."""
        del timeout, socket_options
        raise Refused(f"{path} is a file.")

    async def sleep(self, seconds: float) -> None:
        """Wait between httpcore's own retries, which are off."""
        await self._network.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(read_address(host))]
        except Refused:
            pass
        try:
            return await self._resolve(host, port)
        except OSError as fault:
            raise Unreachable(f"The name cannot be looked up: {fault}.") from fault
