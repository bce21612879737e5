"""Whatever people do, in whatever order and however long after, exactly the sessions live that should.

The run of the suite is the same each time. For a longer one with other dice:
``PLAYERBASE_MODEL_EXAMPLES=2000 bin/test tests/accounts/sessions/test_model.py``
"""

import os
from datetime import timedelta
from itertools import count
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from playerbase import app
from tests.accounts.sessions.lineages import Known, Person
from tests.accounts.sessions.processes import Processes, two_processes
from tests.accounts.sessions.world import BY, World

LONGER = int(os.environ.get("PLAYERBASE_MODEL_EXAMPLES", "0"))
EXAMPLES = LONGER or 11
SESSIONS_MAX = 28
NUMBER = st.integers(0, 1_000)
JUMPS = (
    *(timedelta(seconds=each) for each in (1, 19, 20, 21, 61)),
    *(timedelta(minutes=each) for each in (5, 14, 15, 45, 60)),
    *(timedelta(hours=each) for each in (3, 12, 25)),
    *(timedelta(days=each) for each in (6, 7)),
)
TIDY = next(each.job for each in app.SCHEDULES if each.job.name == "access.forget_dead_sessions")
METHODS = ("password", "password", "browser", "server", "server", "device")
ENDINGS = ("log out", "log out twice", "by refresh token", "everywhere", "another", "another", "password", "reset")
_runs = count()


class Machine(RuleBasedStateMachine):
    """The rules: what people, clients, thieves, operators and machines may do next."""

    there: Processes
    server: dict[str, str]

    @initialize()
    def begin(self) -> None:
        self.world = World(self.there, self.server, next(_runs))
        if len(self.there.listed) > 1:  # Each run begins alike, whatever the one before it did.
            self.there.run(self.there.drop_former_secrets())
        self.there.run(self.world.begin())
        self.probed = 0

    def session(self, number: int, kind: str = "") -> Known | None:
        """One of them, more often than not one that lives."""
        found = [each for each in self.world.sessions if kind in {"", each.kind}]
        alive = [each for each in found if each.lives(self.there.now)]
        chosen = alive if alive and number % 5 else found
        return chosen[number % len(chosen)] if chosen else None

    def person(self, number: int, *, has_password: bool = False) -> Person:
        return self.world.people[number % (2 if has_password else 3)]

    def has_room(self) -> bool:
        return len(self.world.sessions) < SESSIONS_MAX

    @precondition(has_room)
    @rule(number=NUMBER, methods=st.lists(st.sampled_from(METHODS), min_size=1, max_size=4))
    def sign_in(self, number: int, methods: list[str]) -> None:
        for method in methods:
            person = self.world.people[2] if method == "device" else self.person(number, has_password=True)
            self.there.run(
                self.world.sign_in_by_browser(person) if method == "browser" else self.world.sign_in(person, method)
            )

    @rule(number=NUMBER, back=st.sampled_from([0, 0, 0, 1, 1, 2, 5]), at_once=st.sampled_from([1, 1, 2, 5]))
    def refresh(self, number: int, back: int, at_once: int) -> None:
        if session := self.session(number, "player"):
            which = max(0, len(session.refreshes) - 1 - back)
            self.there.run(self.world.refresh(session, which, at_once=at_once))

    @rule(number=NUMBER, wait=st.sampled_from([0, 1, 19, 20, 21, 60]))
    def lose_an_answer_and_ask_again(self, number: int, wait: int) -> None:
        if session := self.session(number, "player"):
            which = len(session.refreshes) - 1
            self.there.run(self.world.refresh(session, which))
            self.there.now += timedelta(seconds=wait)
            self.there.run(self.world.refresh(session, which))

    @rule(number=NUMBER, days=st.sampled_from([1, 3, 6]), times=st.sampled_from([1, 2, 4, 5, 8]))
    def come_back_every_few_days(self, number: int, days: int, times: int) -> None:
        if session := self.session(number, "player"):
            for _ in range(times):
                self.there.now += timedelta(days=days)
                self.there.run(self.world.refresh(session, len(session.refreshes) - 1))
                self.there.run(self.world.check_list(self.world.owner(session)))

    @rule(number=NUMBER, minutes=st.sampled_from([30, 55, 59]), times=st.integers(2, 24))
    def stay_before_the_screen(self, number: int, minutes: int, times: int) -> None:
        if session := self.session(number, "browser"):
            for _ in range(times):
                self.there.now += timedelta(minutes=minutes)
                self.there.run(self.world.check_session(session))

    @rule(number=NUMBER, how=st.sampled_from(["cut", "checksum", "foreign", "access"]))
    def forge(self, number: int, how: str) -> None:
        if session := self.session(number, "player"):
            self.there.run(self.world.forge(session, how))

    @rule(number=NUMBER, other=NUMBER, how=st.sampled_from(ENDINGS))
    def end(self, number: int, other: int, how: str) -> None:
        session, world = self.session(number), self.world
        if session is None:
            return
        match how:
            case "log out" | "log out twice":
                for _ in how.split()[1:]:
                    self.there.run(world.log_out(session))
            case "by refresh token" if session.refreshes:
                self.there.run(world.log_out_by_refresh_token(session, other % len(session.refreshes)))
            case "everywhere":
                self.there.run(world.log_out_everywhere(session))
            case "another":
                two = self.session(other)
                if two is not None and two is not session:
                    self.there.run(world.end_one(session, two))
            case "password" if world.owner(session).email:
                self.there.run(world.change_password(session))
            case "reset":
                self.there.run(world.reset(self.person(number, has_password=True)))

    @rule(number=NUMBER)
    def step_up(self, number: int) -> None:
        session = self.session(number, "browser") or self.session(number)
        if session is not None and self.world.owner(session).email:
            self.there.run(self.world.step_up(session))

    @rule(
        number=NUMBER,
        scope=st.sampled_from([None, "demo", "demo"]),
        life=st.sampled_from([None, timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)]),
    )
    def bar_or_lift(self, number: int, scope: str | None, life: timedelta | None) -> None:
        person = self.person(number)
        self.there.run(self.world.lift(person) if person.bans else self.world.bar(person, scope, life))

    @rule(number=NUMBER, roles=st.sampled_from([[], [], ["support"], ["economy", "moderator"]]))
    def appoint(self, number: int, roles: list[str]) -> None:
        self.there.run(self.world.appoint(self.person(number, has_password=True), roles))

    @rule(jump=st.sampled_from(JUMPS))
    def time_passes(self, jump: timedelta) -> None:
        self.there.now += jump

    @rule(what=st.sampled_from(["restart", "restart", "tidy", "signing key", "secret", "secret", "drop"]))
    def machines_are_tended(self, what: str) -> None:
        if what == "restart":
            self.there.run(self.there.restart(self.world.turn))
        elif what == "tidy":
            self.there.run(self.world.tidy(TIDY))
        elif what == "signing key":
            self.there.run(self.there.rotate_signing_key(BY))
        elif what == "secret" and len(self.there.listed) < 3:
            self.there.run(self.there.rotate_secret())
        elif what == "drop" and len(self.there.listed) > 1:
            self.there.run(self.there.drop_former_secrets())

    @invariant()
    def exactly_the_right_tokens_are_good(self) -> None:
        self.there.run(self.world.check())
        players = [each for each in self.world.sessions if each.kind == "player"]
        self.probed += 1
        self.there.run(self.world.check_refreshes(players[self.probed % len(players)]))
        if self.probed % 4 == 0 and (session := self.session(self.probed, "player")):
            self.there.run(self.world.look_ahead(session))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            for session in self.world.sessions:
                self.there.run(self.world.check_refreshes(session))


def test_exactly_the_sessions_live_that_should(dsn: str, redis_url: str, tmp_path: Path) -> None:
    with two_processes(dsn, redis_url, tmp_path) as there:
        Machine.there, Machine.server = there, there.run(there.begin())
        run_state_machine_as_test(
            Machine,
            settings=hypothesis.settings(
                max_examples=EXAMPLES,
                stateful_step_count=30,
                derandomize=not LONGER,
                # What is found is made short where there is time for it: that takes minutes.
                phases=[hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if LONGER else [])],
                database=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
        assert next(_runs) > EXAMPLES / 2, "it ran"


def test_a_session_kept_alive_ends_thirty_days_after_it_began(dsn: str, redis_url: str, tmp_path: Path) -> None:
    with two_processes(dsn, redis_url, tmp_path) as there:
        world = World(there, there.run(there.begin()), next(_runs))
        there.run(world.begin())
        session = next(each for each in world.sessions if each.kind == "player")
        for day in (6, 12, 18, 24, 29, 30):
            there.now = session.absolute_at - timedelta(days=30 - day)
            there.run(world.refresh(session, len(session.refreshes) - 1))
            there.run(world.check())
        assert len(session.refreshes) == 6, "on the thirtieth day there is no more"
