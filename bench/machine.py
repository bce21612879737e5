"""What a set of processes has cost so far: processor time and memory, as the kernel counts them."""

import os
from collections import Counter
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def family(roots: list[int]) -> list[int]:
    """These processes and all below them, each once: a root may itself be below another."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _fields(int(entry.name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.append(pid)
            waiting += parents.get(pid, [])
    return found


def cpu_seconds(roots: list[int]) -> Counter[str]:
    """Processor time of these processes and all below them by part, those that have ended included."""
    seconds: Counter[str] = Counter()
    for pid in family(roots):
        fields = _fields(pid)
        if fields:
            seconds[_part(pid)] += sum(int(field) for field in fields[11:15]) / TICK  # type: ignore[assignment]
    return seconds


def ran_seconds(pids: list[int]) -> float:
    """Processor time of these processes alone, to the microsecond rather than to the tick."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def memory_mb(roots: list[int]) -> float:
    """Memory in MB, shared pages counted once (PSS)."""
    kb = 0
    for pid in family(roots):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        kb += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kb / 1024


def _part(pid: int) -> str:
    """What a process is for: api, worker, postgres, redis or up."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return "gone"
    marks = {b"playerbase serve": "api", b"playerbase work": "worker", b"postgres": "postgres", b"redis": "redis"}
    return next((part for mark, part in marks.items() if mark in words), "up")


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …, utime, stime, cutime, cstime from the 12th on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
