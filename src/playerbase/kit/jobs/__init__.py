"""Jobs: work outside any request, with priorities, leases, retries and schedules; a killed worker loses none."""

from playerbase.kit.jobs.job import (
    Every,
    Hopeless,
    Job,
    JobDone,
    NoArgs,
    Queued,
    discard_job,
    enqueue,
    every,
    find_job,
    job,
    jobs_in,
    list_jobs,
    rerun,
    slots,
    tally_jobs,
)
from playerbase.kit.jobs.runner import PRIORITIES, reclaim_lost, run_due, tick
from playerbase.kit.jobs.worker import Worker, work, workers

__all__ = [
    "PRIORITIES",
    "Every",
    "Hopeless",
    "Job",
    "JobDone",
    "NoArgs",
    "Queued",
    "Worker",
    "discard_job",
    "enqueue",
    "every",
    "find_job",
    "job",
    "jobs_in",
    "list_jobs",
    "reclaim_lost",
    "rerun",
    "run_due",
    "slots",
    "tally_jobs",
    "tick",
    "work",
    "workers",
]
