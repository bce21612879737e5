"""Whose identity it is: linking, unlinking, merging."""

from tests.mutations.mutation import Mutation

STORE_SQL = "identity/store.sql"
PLAYERS = "identity/actions/players.py"
LINKING = "accounts/actions/linking.py"
RULES = "profiles/rules.py"

CHECKS = (
    Mutation(
        "unlink: no lock",
        STORE_SQL,
        "where player_id = :player_id for update;",
        "where player_id = :player_id;",
        ("identity/test_links.py::test_of_a_hundred_who_unlink_the_last_two_at_once_one_way_is_left"),
    ),
    Mutation(
        "unlink: the last way goes",
        PLAYERS,
        "    if have == {provider}:",
        "    if False:",
        "identity/test_links.py::test_the_last_way_stays_and_all_of_it_is_history",
    ),
    Mutation(
        "unlink: without a fresh proof",
        LINKING,
        "    await access.check_fresh(tx, request.caller)\n",
        "",
        "accounts/test_providers.py::test_unlinking_wants_a_fresh_proof_and_leaves_a_way",
    ),
    Mutation(
        "unlink: what it opened stays open",
        LINKING,
        ("ended = await access.end_sessions_by(tx, player_id, provider, but=request.caller.session_id)"),
        "ended = 0",
        "accounts/test_providers.py::test_unlinking_wants_a_fresh_proof_and_leaves_a_way",
    ),
    Mutation(
        "unlink: a password",
        LINKING,
        "    if provider in FIXED:",
        "    if False:",
        "accounts/test_providers.py::test_unlinking_wants_a_fresh_proof_and_leaves_a_way",
    ),
    Mutation(
        "link: another owner",
        PLAYERS,
        "        raise IdentityTaken(provider=provider)",
        "        return",
        "identity/test_links.py::test_one_account_of_a_provider_is_linked_at_most",
    ),
    Mutation(
        "link: moves an identity",
        STORE_SQL,
        "values (:provider, :subject, :player_id, :now, :now)\non conflict do nothing",
        (
            "values (:provider, :subject, :player_id, :now, :now)\n"
            "on conflict (provider, subject) do update set player_id = excluded.player_id"
        ),
        (
            "identity/test_links.py identity/test_identity.py "
            "accounts/test_providers.py::test_an_identity_of_somebody_else_is_never_moved"
        ),
    ),
    Mutation(
        "link: two accounts of one provider",
        PLAYERS,
        "    if mine:\n",
        "    if False:\n",
        "identity/test_links.py::test_one_account_of_a_provider_is_linked_at_most",
    ),
    Mutation(
        "merge: decided twice",
        STORE_SQL,
        "where request_id = :request_id and state = 'open'",
        "where request_id = :request_id",
        "identity/test_links.py::test_a_merge_is_asked_for_once_and_declined_once",
    ),
    Mutation(
        "label: another's row is believed",
        LINKING,
        '    row = f"{player_id} {way.provider}"',
        '    row = "one"',
        ("accounts/test_providers.py::test_what_a_provider_calls_somebody_is_read_in_their_own_row_alone"),
        also=(("accounts/actions/federated.py", '    row = f"{player_id} {subject.provider}"', '    row = "one"'),),
    ),
    Mutation(
        "name: anything",
        RULES,
        "name == name.strip() and name.isprintable()",
        "True",
        "profiles/test_profiles.py::test_what_a_profile_may_not_say_is_refused",
    ),
    Mutation(
        "profile link: any host",
        RULES,
        "parts.netloc.lower() in hosts",
        "True",
        "profiles/test_profiles.py::test_what_a_profile_may_not_say_is_refused",
    ),
    Mutation(
        "profile: a closed one is shown",
        "profiles/routes/profiles.py",
        "if profile is None or not (profile.is_public or is_trusted):",
        "if profile is None:",
        "profiles/test_profiles.py::test_others_see_what_the_player_lets_them",
    ),
)
