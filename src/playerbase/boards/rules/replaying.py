"""A claimed score, replayed from what was done. Pure: a rule is data, and nothing of it is run."""

from collections.abc import Sequence
from itertools import pairwise

from playerbase.boards.model import SCORE_MAX, SCORE_MIN, Action, ReplayRule, RuleUnsound

TOLERANCE_MS = 5_000  # Between the beginning of a session and that of the game on the client; and back.


def unsound(rule: ReplayRule) -> RuleUnsound | None:
    """What is wrong with a rule that no game could follow, or whose scores would not be 64-bit numbers."""
    if rule.seconds_min > rule.seconds_max:
        return RuleUnsound("rule.seconds_min", "The shortest game is longer than the longest")
    highest = lowest = rule.base
    for kind in rule.kinds.values():
        most = kind.points * min(kind.count_max, rule.actions_max) * kind.amount_max
        highest, lowest = highest + max(most, 0), lowest + min(most, 0)
    if lowest < SCORE_MIN or highest > SCORE_MAX:
        return RuleUnsound("rule.kinds", "Scores by this rule could pass 64 bits; lower points, counts or amounts")
    return None


def replayed(rule: ReplayRule, actions: Sequence[Action]) -> int:
    """The score that follows from what was done; kinds the rule does not know bring nothing."""
    return rule.base + sum(
        rule.kinds[action.kind].points * action.amount for action in actions if action.kind in rule.kinds
    )


def doubts(rule: ReplayRule, actions: Sequence[Action], score: int, elapsed_ms: int) -> list[str]:
    """Why a claim is not to be believed as it stands; empty for one that is."""
    found = [*_count_doubts(rule, actions), *_time_doubts(rule, actions, elapsed_ms)]
    if (followed := replayed(rule, actions)) != score:
        found.append(f"What was done makes {followed}, and {score} is claimed")
    return found


def _count_doubts(rule: ReplayRule, actions: Sequence[Action]) -> list[str]:
    found = []
    counts: dict[str, int] = {}
    for action in actions:
        counts[action.kind] = counts.get(action.kind, 0) + 1
    if len(actions) > rule.actions_max:
        found.append(f"{len(actions)} actions, of at most {rule.actions_max}")
    for name, count in sorted(counts.items()):
        kind = rule.kinds.get(name)
        if kind is None:
            found.append(f"No rule for {name}")
        elif count > kind.count_max:
            found.append(f"{count} of {name}, of at most {kind.count_max}")
    amounts = [a for a in actions if a.kind in rule.kinds and a.amount > rule.kinds[a.kind].amount_max]
    if amounts:
        worst = max(amounts, key=lambda action: action.amount)
        found.append(f"{worst.amount} at once of {worst.kind}, of at most {rule.kinds[worst.kind].amount_max}")
    return found


def _time_doubts(rule: ReplayRule, actions: Sequence[Action], elapsed_ms: int) -> list[str]:
    found = []
    times = [action.at_ms for action in actions]
    gaps = [after - before for before, after in pairwise(times)]
    if any(gap < 0 for gap in gaps):
        found.append("Time runs backwards")
    elif gaps and min(gaps) < rule.apart_ms:
        found.append(f"{min(gaps)} ms between two actions, of at least {rule.apart_ms}")
    lasts: dict[str, int] = {}
    for action in actions:
        kind, last = rule.kinds.get(action.kind), lasts.get(action.kind)
        if kind is not None and last is not None and 0 <= action.at_ms - last < kind.apart_ms:
            found.append(f"{action.at_ms - last} ms between two of {action.kind}, of at least {kind.apart_ms}")
            break
        lasts[action.kind] = action.at_ms
    length = max(times, default=0)
    if length > elapsed_ms + TOLERANCE_MS:
        found.append(f"{length} ms of play in a session of {elapsed_ms} ms")
    if length > rule.seconds_max * 1000:
        found.append(f"{length} ms of play, of at most {rule.seconds_max} s")
    if elapsed_ms + TOLERANCE_MS < rule.seconds_min * 1000:
        found.append(f"Over after {elapsed_ms} ms, of at least {rule.seconds_min} s")
    return found
