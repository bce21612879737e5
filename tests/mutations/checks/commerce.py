"""Purchases on platforms: given once, to whom they belong, and taken back."""

from tests.mutations.mutation import Mutation

BELIEVING = "commerce/actions/believing.py"
GRANTING = "commerce/actions/granting.py"
HEARING = "commerce/actions/hearing.py"
REFUNDING = "commerce/actions/refunding.py"
STEPS = "commerce/rules/steps.py"
WIRING = "commerce/actions/wiring.py"
RECEIPTS = "commerce/test_receipts.py"
REFUNDS = "commerce/test_refunds.py"

CHECKS = (
    Mutation(
        "receipt: whoever comes second has it too",
        GRANTING,
        "    if known is not None and known.player_id != wanted.player_id:\n        return known\n",
        "",
        f"{RECEIPTS}::test_fifty_at_once_by_two_players_and_one_has_it",
    ),
    Mutation(
        "receipt: bought for another player",
        BELIEVING,
        "        if reading.player_of(evidence.bound_to) != player_id:\n",
        "        if False:\n",
        f"{RECEIPTS}::test_what_was_bought_for_another_player_is_refused",
    ),
    Mutation(
        "receipt: of another account at Epic",
        BELIEVING,
        "        if await linked_account(db, player_id, evidence.platform) != evidence.account:\n",
        "        if False:\n",
        f"{RECEIPTS}::test_an_entitlement_of_another_account_is_refused",
    ),
    Mutation(
        "receipt: a test purchase in production",
        WIRING,
        "    if bought_in is not ours:\n",
        "    if False:\n",
        f"{RECEIPTS}::test_no_money_moved_and_nothing_is_given_in_production",
    ),
    Mutation(
        "refund: the receipt takes no turn",
        REFUNDING,
        '    """\n    await receipts.take_turn(tx, told.platform, told.ref)\n',
        '    """\n',
        f"{REFUNDS}::test_who_gives_and_who_takes_back_take_turns_whoever_comes_first",
    ),
    Mutation(
        "refund: one that came first is forgotten",
        GRANTING,
        "    quantity = order.quantity - lost\n",
        "    quantity = order.quantity\n",
        f"{REFUNDS}::test_a_refund_that_comes_before_its_purchase_waits_for_it",
    ),
    Mutation(
        "notification: an old word is heard",
        HEARING,
        "            raise NotificationStale\n",
        "            pass\n",
        f"{REFUNDS}::test_forged_altered_old_and_repeated_notifications",
    ),
    Mutation(
        "Steam: an order that is otherwise is finalized",
        STEPS,
        "    if standing is Standing.APPROVED and differs:\n        return Step(Next.FAIL, differs)\n",
        "",
        "commerce/test_steam.py::test_an_order_that_steam_has_otherwise_is_not_finalized",
    ),
)
