"""The gauges of what lies in the database: the same in every process, so take the max of them, never the sum."""

from playerbase.kit.metrics import Gauge

database_up = Gauge("database_up", "Whether the database answered the last look at its figures in time.")
oldest_writing = Gauge(
    "oldest_writing_transaction_seconds", "Age of the oldest transaction that has written and not ended."
)

outbox_waiting = Gauge("outbox_waiting_events", "Events a reader has yet to read, counted to 10,000.", ["handler"])
outbox_lag = Gauge("outbox_lag_seconds", "Age of the oldest event a reader has yet to read.", ["handler"])
letters = Gauge("outbox_letters", "Deliveries that failed, and those held behind them.", ["state"])
letters_age = Gauge("outbox_oldest_letter_seconds", "Since when the oldest letter is open.", ["state"])

jobs = Gauge("jobs_open", "Jobs not done.", ["lane", "state"])
jobs_age = Gauge("jobs_oldest_seconds", "How long the oldest job has been due.", ["lane", "state"])
workers_alive = Gauge("workers_alive", "Workers heard of in the last 30 seconds.")

redis_memory_used = Gauge("redis_memory_used_bytes", "Memory Redis holds.")
redis_memory_max = Gauge("redis_memory_max_bytes", "Memory Redis may hold: its limit, or else all its machine has.")

invariant_broken = Gauge("invariant_broken", "Whether rows exist that must not.", ["invariant"])
invariant_unchecked = Gauge("invariant_unchecked", "Whether an invariant could not be checked.", ["invariant"])
audit_findings = Gauge("audit_findings", "What the last verification of the audit log found wrong.")
audit_age = Gauge("audit_verification_age_seconds", "How long ago the audit log was last verified; 0 before the first.")
ledger_findings = Gauge("ledger_findings", "What does not hold in the ledger, counted to 1,000.")

orders_waiting = Gauge("orders_waiting", "Orders that wait for a person.")
orders_waiting_age = Gauge("orders_waiting_age_seconds", "How long the oldest of them has waited.")
seasons_overdue = Gauge("seasons_overdue", "Seasons that ought to be closed by now, and are not.")
rewards_unpaid = Gauge("rewards_unpaid", "Rewards of which the ledger did not take what it counts.")
orders_differing = Gauge("orders_differing", "Orders of which the ledger says something else.")
deliveries_failed = Gauge("deliveries_failed", "Deliveries every attempt at which failed.")
deliveries_waiting = Gauge("deliveries_waiting", "Deliveries that wait for an address or for codes.", ["waits_for"])
pools_short = Gauge("voucher_pools_short", "Voucher pools with no more free codes than somebody wants there to be.")
purchase_exceptions = Gauge("purchase_exceptions", "What platforms and we do not agree about, and waits.", ["kind"])
twitch_grants = Gauge("twitch_grants_kept", "Players of whom a token of Twitch is kept and checked.")
twitch_grants_late = Gauge("twitch_grants_late", "Those of them whose token was not checked for two hours.")

players_active = Gauge("players_active_today", "Players seen since midnight UTC.")
players_registered = Gauge("players_registered_today", "Players made since midnight UTC.")
matches_today = Gauge("matches_reported_today", "Matches reported since midnight UTC.")
ledger_debt = Gauge("ledger_debt", "What players owe, in smallest units.", ["asset"])
ledger_months_ahead = Gauge("ledger_months_ahead", "For how many coming months the ledger has a place.")

matches_total = Gauge("matches_stored", "Matches ever reported.")
