"""Policies: who passes, and what the others are told."""

from uuid import UUID

import pytest

from playerbase.kit.http import ANYONE, PLAYER, Caller, NotAllowed, NotSignedIn, server, staff
from playerbase.kit.http.caller import Policy

NOBODY = Caller("anonymous", "ip:192.0.2.1")
ADA = Caller("player", "player:ada", player_id=UUID(int=1))
MODERATOR = Caller("player", "player:bob", player_id=UUID(int=2), permissions=frozenset({"players.write"}))
ARENA = Caller("server", "key:arena", key_id="arena", scopes=frozenset({"matches:write"}))
EVERYBODY = {NOBODY.subject: NOBODY, ADA.subject: ADA, MODERATOR.subject: MODERATOR, ARENA.subject: ARENA}


@pytest.mark.parametrize(
    ("policy", "let_in"),
    [
        (ANYONE, {*EVERYBODY}),
        (PLAYER, {"player:ada", "player:bob"}),
        (staff("players.write"), {"player:bob"}),
        (staff("staff.write"), set()),
        (server("matches:write"), {"key:arena"}),
        (server("players:login"), set()),
        (PLAYER | server("matches:write"), {"player:ada", "player:bob", "key:arena"}),
        (staff("players.write") | server("players:login"), {"player:bob"}),
        (Policy(), set()),
    ],
)
def test_a_policy_lets_in_whom_it_names_and_nobody_else(policy: Policy, let_in: set[str]) -> None:
    passed = set()
    for caller in EVERYBODY.values():
        try:
            policy.check(caller)
        except NotSignedIn:
            assert caller is NOBODY
        except NotAllowed:
            assert caller is not NOBODY
        else:
            passed.add(caller.subject)
    assert passed == let_in
