"""What players have: nobody wears, uses up or takes what is not theirs or not there."""

from tests.mutations.mutation import Mutation

STATEMENTS = "inventory/store.sql"
RULES = "inventory/rules.py"
CONSUMING = "inventory/actions/consuming.py"

CHECKS = (
    Mutation(
        "inventory: anybody's thing is mine",
        STATEMENTS,
        "entitlement_id = any(:entitlement_ids::uuid[]) and player_id = any(:player_ids::uuid[])",
        "entitlement_id = any(:entitlement_ids::uuid[]) and cardinality(:player_ids::uuid[]) > 0",
        "inventory/test_wearing.py::test_only_what_is_ones_own_is_worn",
    ),
    Mutation(
        "inventory: worn in any game",
        RULES,
        "if item.game is not None and item.game != spot.game:",
        "if False:",
        "inventory/test_rules.py::test_where_things_are_worn",
    ),
    Mutation(
        "inventory: fits everywhere",
        RULES,
        "wrong = misfits(item.metadata, {} if slot is None else slot.metadata)",
        "wrong: list[str] = []",
        "inventory/test_rules.py::test_where_things_are_worn",
    ),
    Mutation(
        "inventory: more than there is",
        RULES,
        "return None if quantity else taken",
        "return taken",
        "inventory/test_rules.py::test_using_up_takes_exactly_so_many_of_what_is_there_or_nothing",
    ),
    Mutation(
        "inventory: owners are not held in order",
        STATEMENTS,
        "where player_id = any(:player_ids::uuid[]) order by player_id for no key update;",
        "where player_id = any(:player_ids::uuid[]) order by player_id;",
        "inventory/test_granting.py::test_a_maximum_holds_against_many_at_once",
    ),
    Mutation(
        "inventory: players use up what only the game may",
        CONSUMING,
        'if item.metadata.get(CONSUMED_BY) == "server" and not is_server:',
        "if False:",
        "inventory/test_consuming.py::test_who_may_use_what",
    ),
    Mutation(
        "inventory: a game's key reaches every game's things",
        "inventory/routes/mine.py",
        "if caller.game is not None and wanted.game not in {None, caller.game}:",
        "if False:",
        "inventory/test_consuming.py::test_who_may_use_what",
    ),
    Mutation(
        "character: anybody's is mine",
        "profiles/actions/characters.py",
        "    row = await store.lock_character(tx, character_id)\n    if row is None or row.player_id != player_id:",
        "    row = await store.lock_character(tx, character_id)\n    if row is None:",
        "profiles/test_characters.py::test_others_see_and_change_nothing_of_whom_they_should_not",
    ),
    Mutation(
        "character: worn by anybody's",
        "profiles/actions/characters.py",
        "    row = await store.share_character(tx, character_id)\n    if row is None or row.player_id != player_id:",
        "    row = await store.share_character(tx, character_id)\n    if row is None:",
        "inventory/test_wearing.py::test_only_what_is_ones_own_is_worn",
    ),
    Mutation(
        "staff: who may give things gives money",
        "inventory/routes/giving.py",
        'if "ledger.write" not in request.caller.permissions:',
        "if False:",
        "inventory/test_operating.py::test_who_may_give_things_gives_no_money_by_it",
    ),
)
