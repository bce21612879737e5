import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog.testing
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from playerbase.kit import jobs, log, outbox, tracing
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs.job import NoArgs
from playerbase.kit.outbox import on
from playerbase.matches import MatchCompleted
from tests.accounts.people import People, someone
from tests.conftest import Api

TRACES = [f"{number:032x}" for number in (0xADA, 0xB0B)]
ASKED = [f"00-{trace}-00000000000000aa-01" for trace in TRACES]


class Collector:
    """An OpenTelemetry collector: OTLP over HTTP, and what it was sent."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"POST /v1/traces "), head
        length = int(httpx.Headers(_pairs(head))["content-length"])
        sent = ExportTraceServiceRequest.FromString(await reader.readexactly(length))
        for resource in sent.resource_spans:
            self.services |= {each.value.string_value for each in resource.resource.attributes}
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def of(self, trace: str) -> dict[str, Span]:
        """The spans of a trace by name, once everything has been handed over."""
        await asyncio.to_thread(tracing.flush)
        return {span.name: span for span in self.spans if span.trace_id.hex() == trace}


def _pairs(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = head.split(b"\r\n")[1:-2]
    return [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    for name in ("_tracer", "_provider"):
        monkeypatch.setattr(tracing, name, None)
    collector = Collector()
    server = await asyncio.start_server(collector.serve, "127.0.0.1")
    host, port = server.sockets[0].getsockname()
    tracing.configure(f"http://{host}:{port}", "playerbase-test")
    yield collector
    await asyncio.to_thread(tracing._provider.shutdown)
    server.close()


async def report(api: Api, server: dict[str, str], traceparent: str) -> httpx.Response:
    """Two newcomers and their match, each request under this trace."""
    headers = server | {"traceparent": traceparent}
    players = [
        someone(
            await api.post("/api/v1/auth/server/login", json={"external_id": uuid4().hex}, headers=headers)
        ).player_id
        for _ in range(2)
    ]
    match = {
        "match_id": str(uuid4()), "game": "demo", "started_at": "2026-11-01T18:00:00Z", "duration_seconds": 300,
        "players": [{"player_id": str(each), "score": 3} for each in players], "winner_id": str(players[0]),
    }  # fmt: skip
    answer = await api.post("/api/v1/matches", json=match, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


async def test_events_carry_the_trace_of_their_own_request(api: Api, people: People) -> None:
    _, server = await people.begin()
    await asyncio.gather(*[report(api, server, asked) for asked in ASKED for _ in range(10)])
    told = await api.site.pool.fetch(
        "select topic, traceparent, count(*) from kit.events where traceparent = any($1) group by 1, 2", ASKED
    )
    assert {(row["topic"], row["traceparent"]): row["count"] for row in told} == {
        (topic, asked): count
        for asked in ASKED
        for topic, count in (("player.registered", 20), ("player.logged_in", 20), ("match.completed", 10))
    }


async def test_a_collector_sees_request_reaction_and_what_it_told(
    api: Api, people: People, collector: Collector
) -> None:
    _, server = await people.begin()
    await asyncio.gather(*[report(api, server, asked) for asked in ASKED])
    await api.drain()
    first, second = [await collector.of(trace) for trace in TRACES]
    request = first["POST /api/v1/matches"]
    assert request.parent_span_id.hex() == "00000000000000aa"
    # Both matches were rated in one transaction: it belongs to one of the traces and is linked from the other.
    (reaction,) = [spans["ladder.follow_matches"] for spans in (first, second) if "ladder.follow_matches" in spans]
    of = [spans["POST /api/v1/matches"] for spans in (first, second)]
    assert reaction.parent_span_id in {each.span_id for each in of}
    served = {reaction.parent_span_id, *(link.span_id for link in reaction.links)}
    assert served == {each.span_id for each in of}
    settled = await api.site.pool.fetch("select traceparent from kit.events where topic = 'ladder.settled'")
    assert {row["traceparent"].split("-")[2] for row in settled} == {reaction.span_id.hex()}
    assert "playerbase-test" in collector.services


async def test_a_job_belongs_to_who_asked_for_it(pool: Pool, collector: Collector) -> None:
    seen: list[str] = []

    async def run(_: Pool, __: NoArgs) -> None:
        seen.append(tracing.current())

    kind = jobs.Job("test.look", "medium", NoArgs, run, 1, 60)
    before = tracing.current()
    with tracing.span("asking", ASKED[0]):
        async with transaction(pool) as tx:
            await jobs.enqueue(tx, kind, NoArgs())
    assert await jobs.run_due(pool, {kind.name: kind})
    spans = await collector.of(TRACES[0])
    assert spans["test.look"].parent_span_id == spans["asking"].span_id
    assert seen == [f"00-{TRACES[0]}-{spans['test.look'].span_id.hex()}-01"]
    assert tracing.current() == before


async def test_a_refusal_is_an_answer_and_a_fault_is_an_error(api: Api, collector: Collector) -> None:
    await api.post("/api/v1/auth/refresh", json={"refresh_token": "none"}, headers={"traceparent": ASKED[0]})
    refused = (await collector.of(TRACES[0]))["POST /api/v1/auth/refresh"]
    assert refused.status.code == Status.STATUS_CODE_UNSET
    assert [each.key for each in refused.attributes if each.key == "refusal"] == ["refusal"]
    with pytest.raises(ZeroDivisionError), tracing.span("dividing", ASKED[1]):
        _ = 1 // 0
    assert (await collector.of(TRACES[1]))["dividing"].status.code == Status.STATUS_CODE_ERROR


async def test_who_was_not_to_be_recorded_is_not(api: Api, people: People, collector: Collector) -> None:
    _, server = await people.begin()
    await report(api, server, ASKED[0].removesuffix("01") + "00")
    await api.drain()
    assert await collector.of(TRACES[0]) == {}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MutableMapping[str, Any]]]:
    """What has been logged, with what a process configured as ours adds to a line."""
    monkeypatch.setattr(log, "_surroundings", tracing.ids)
    with structlog.testing.capture_logs(processors=[log._with_context]) as lines:
        yield lines


async def test_a_reactions_lines_name_the_trace_of_the_request(
    api: Api, people: People, lines: list[MutableMapping[str, Any]]
) -> None:
    _, server = await people.begin()
    said, torn = log.get("test"), set[str]()

    async def say(_: Tx, told: list[MatchCompleted]) -> None:
        said.info("reacting")
        if any(str(each.match_id) in torn for each in told):
            raise ValueError

    say.__module__ = "playerbase.test"
    reaction = on(MatchCompleted)(say)
    await outbox.subscribe(api.site.pool, [reaction])
    await report(api, server, ASKED[0])
    torn.add((await report(api, server, ASKED[1])).json()["match_id"])
    before = tracing.current()
    await outbox.read(api.site.pool, reaction)
    assert tracing.current() == before
    # Both together, then each alone.
    assert [line["trace_id"] for line in lines if line["event"] == "reacting"] == [TRACES[0], *TRACES]
    (failed,) = [line for line in lines if line["event"] == "a reaction failed"]
    assert failed["trace_id"] == TRACES[1]


async def test_what_a_job_of_a_schedule_does_belongs_to_no_request(pool: Pool) -> None:
    traces: list[str] = []

    async def run(_: Pool) -> None:
        traces.append(tracing.current())

    run.__module__ = "playerbase.test"
    schedule = jobs.every(timedelta(hours=1))(run)
    with tracing.within(""):
        await jobs.tick(pool, [schedule])
        assert await jobs.run_due(pool, {schedule.job.name: schedule.job})
    assert traces == [""]
