"""A server that ends TLS itself."""

import asyncio
import os
import socket
import ssl
import sys
from pathlib import Path

import httpx
import pytest

from tests.kit.outside.wire import certify

WAIT_SECONDS = 60


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


async def handshake(port: int, trusting: ssl.SSLContext) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname="localhost")
    version: str = writer.get_extra_info("ssl_object").version()
    writer.close()
    assert reader is not None
    return version


async def test_it_speaks_tls_1_3_and_nothing_else(dsn: str, redis_url: str, tmp_path: Path, free_port: int) -> None:
    _, trusting = certify(tmp_path, "localhost")
    environ = {
        "DATABASE_URL": dsn, "REDIS_URL": redis_url, "PLAYERBASE_SECRET": "A" * 44, "PORT": str(free_port),
        "PUBLIC_URL": f"https://localhost:{free_port}", "PLAYERBASE_HOME": str(tmp_path),
        "TLS_CERTIFICATE": str(tmp_path / "cert.pem"), "TLS_KEY": str(tmp_path / "key.pem"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playerbase", "serve", env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        url = f"https://localhost:{free_port}/health"
        async with httpx.AsyncClient(verify=trusting) as client, asyncio.timeout(WAIT_SECONDS):
            while True:
                try:
                    answer = await client.get(url)
                    break
                except httpx.ConnectError:
                    assert process.returncode is None
                    await asyncio.sleep(0)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert await handshake(free_port, trusting) == "TLSv1.3"

        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await handshake(free_port, trusting)
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.HTTPError):
                await client.get(f"http://localhost:{free_port}/health")
    finally:
        process.terminate()
        await process.communicate()
