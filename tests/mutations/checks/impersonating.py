"""The checks that keep staff from acting as a player, each taken away."""

from tests.mutations.mutation import Mutation

DOING = "access/actions/impersonating.py"
CALLING = "access/actions/calling.py"
STORE = "access/store.sql"
CALLER = "kit/http/caller.py"
TESTS = "accounts/test_impersonation.py"
DOORS = "journeys/test_on_behalf.py"
ENDING = "accounts/test_impersonation_ends.py"
ENDS = "accounts/test_impersonation_ends.py::test_it_ends_at_once_with_anything_it_lives_by"

CHECKS = (
    Mutation(
        "as: the cookie holds everywhere",
        CALLING,
        "if _is_portal(request.route.path) and (",
        "if (",
        "accounts/test_impersonation.py::test_the_cookie_is_good_on_the_portal_alone_and_under_its_own_name",
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
        "accounts/test_impersonation_ends.py::test_stopping_wants_the_token_of_its_own_page",
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
        "accounts/test_impersonation_ends.py::test_a_barred_player_is_not_seen_however_they_came_to_be_barred",
    ),
    Mutation(
        "as: without a proof",
        DOING,
        "    await check_fresh(tx, caller)\n",
        "",
        "accounts/test_impersonation.py::test_it_wants_a_fresh_proof_and_the_console_asks_for_it",
    ),
    Mutation(
        "as: a colleague, from the start",
        DOING,
        "        raise StaffNotSeen\n",
        "        pass\n",
        "accounts/test_impersonation.py::test_colleagues_oneself_the_barred_and_nobody_are_not_seen",
    ),
    Mutation(
        "as: a barred player, from the start",
        DOING,
        "    await check_not_barred(tx, player_id)\n",
        "",
        "accounts/test_impersonation.py::test_colleagues_oneself_the_barred_and_nobody_are_not_seen",
    ),
    Mutation(
        "as: two at once",
        STORE,
        "select player_id from access.staff where player_id = :player_id for no key update;",
        "select player_id from access.staff where player_id = :player_id for share;",
        "accounts/test_impersonation_ends.py::test_of_two_that_begin_at_once_one_is_left",
    ),
    Mutation("as: acting", CALLER, "(is_looking if self.on_behalf is None else self.on_behalf)", "True", DOORS),
    Mutation("as: looking at secrets", "portal/pages/factor.py", "PLAYER.never_on_behalf()", "PLAYER", DOORS),
    Mutation(
        "as: a device of the player's",
        STORE,
        "where player_id = :player_id and kind <> 'impersonation' and revoked_at",
        "where player_id = :player_id and revoked_at",
        "accounts/test_impersonation.py::test_it_is_no_device_of_the_players_and_does_not_say_that_they_were_here",
    ),
    Mutation(
        "as: the player did it",
        "audit/actions/noting.py",
        "actor_id=caller.actor_id or caller.key_id",
        "actor_id=caller.key_id",
        "accounts/test_impersonation.py::test_everything_is_written_down_with_who_was_really_there",
    ),
    Mutation(
        "as: linking an account of one's own",
        "portal/pages/security.py",
        "can_link=[] if caller.actor_id else accounts.ways_in_browser(request, LINKING)",
        "can_link=accounts.ways_in_browser(request, LINKING)",
        "accounts/test_impersonation.py::test_no_way_is_shown_by_which_staff_would_link_an_account_of_their_own",
    ),
)
