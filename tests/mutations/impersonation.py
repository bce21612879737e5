"""The checks that keep staff from acting as a player, each taken away."""

from tests.mutations.checks import Mutation

DOING = "access/actions/impersonating.py"
CALLING = "access/actions/calling.py"
STORE = "access/store.sql"
CALLER = "kit/http/caller.py"
TESTS = "tests/accounts/test_impersonation.py"
DOORS = "tests/journeys/test_on_behalf.py"
ENDING = "tests/accounts/test_impersonation_ends.py"
ENDS = f"{ENDING} -k ends_at_once"

IMPERSONATION = (
    Mutation(
        "as: the cookie holds everywhere",
        CALLING,
        "if _is_portal(request.route.path) and (",
        "if (",
        f"{TESTS} -k cookie_is_good",
    ),
    Mutation(
        "as: a dead cookie makes one oneself again",
        CALLING,
        "        raise ImpersonationOver\n",
        "        return None\n",
        ENDS,
    ),
    Mutation(
        "as: stopped from anywhere",
        CALLING,
        "            csrf.check(request, request.caller.session_id)\n",
        "            pass\n",
        f"{ENDING} -k token_of_its_own_page",
    ),
    Mutation(
        "as: the operator's own session may be gone",
        STORE,
        "    and own.revoked_at is null and own.expires_at > :now\n",
        "",
        ENDS,
    ),
    Mutation("as: without the permission", STORE, "    and staff.roles && :roles::text[]\n", "", ENDS),
    Mutation(
        "as: a colleague",
        STORE,
        "    and not exists (select from access.staff as colleague where colleague.player_id = looks.player_id)\n",
        "",
        ENDS,
    ),
    Mutation(
        "as: without the second factor that is demanded",
        STORE,
        "    and (own.amr @> '{mfa}'\n        or coalesce",
        "    and (true\n        or coalesce",
        ENDS,
    ),
    Mutation(
        "as: for ever",
        STORE,
        "    and looks.revoked_at is null and looks.expires_at > :now\n",
        "    and looks.revoked_at is null\n",
        ENDS,
    ),
    Mutation(
        "as: a player who is barred",
        DOING,
        " or player.status is not identity.Status.ACTIVE:",
        ":",
        f"{ENDING} -k however_they_came_to_be_barred",
    ),
    Mutation("as: without a proof", DOING, "    await check_fresh(tx, caller)\n", "", f"{TESTS} -k fresh_proof"),
    Mutation(
        "as: a colleague, from the start",
        DOING,
        "        raise StaffNotSeen\n",
        "        pass\n",
        f"{TESTS} -k not_seen",
    ),
    Mutation(
        "as: a barred player, from the start",
        DOING,
        "    await check_not_barred(tx, player_id)\n",
        "",
        f"{TESTS} -k not_seen",
    ),
    Mutation(
        "as: two at once",
        STORE,
        "select player_id from access.staff where player_id = :player_id for no key update;",
        "select player_id from access.staff where player_id = :player_id for share;",
        f"{ENDING} -k begin_at_once",
    ),
    Mutation("as: acting", CALLER, "(is_looking if self.on_behalf is None else self.on_behalf)", "True", DOORS),
    Mutation("as: looking at secrets", "portal/pages/factor.py", "PLAYER.never_on_behalf()", "PLAYER", DOORS),
    Mutation(
        "as: a device of the player's",
        STORE,
        "where player_id = :player_id and kind <> 'impersonation' and revoked_at",
        "where player_id = :player_id and revoked_at",
        f"{TESTS} -k no_device",
    ),
    Mutation(
        "as: the player did it",
        "audit/actions/noting.py",
        "actor_id=caller.actor_id or caller.key_id",
        "actor_id=caller.key_id",
        f"{TESTS} -k written_down",
    ),
    Mutation(
        "as: linking an account of one's own",
        "portal/pages/security.py",
        "can_link=[] if caller.actor_id else _linkable(request)",
        "can_link=_linkable(request)",
        f"{TESTS} -k no_way_is_shown",
    ),
)
