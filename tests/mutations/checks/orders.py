"""The store: what is decided under lock, what stands under a name, what waits, and what goes back."""

from tests.mutations.mutation import Mutation

PURCHASING = "orders/actions/purchasing.py"
POSTINGS = "orders/actions/postings.py"
REFUNDING = "orders/actions/refunding.py"
REVIEWING = "orders/actions/reviewing.py"
DELIVERING = "orders/actions/delivering.py"
DECIDING = "orders/rules/deciding.py"
RETURNING = "orders/rules/returning.py"
BUYING = "orders/test_purchasing.py"
BACK = "orders/test_refunding.py"
WAITING = "orders/test_reviewing.py"
SENT = "orders/test_delivering.py"
RACES = "orders/test_races.py"
EDITED = "orders/test_edited.py"
RETRYING = "orders/test_retrying.py"

CHECKS = (
    Mutation(
        "order: the lock of stocks",
        "catalog/store.sql",
        "where item_id = any(:item_ids)\norder by item_id\nfor update;",
        "where item_id = any(:item_ids)\norder by item_id;",
        f"{RACES}::test_who_wants_the_last_ones_waits_for_who_takes_them",
    ),
    Mutation(
        "order: the lock of owners",
        "inventory/store.sql",
        "where player_id = any(:player_ids::uuid[]) order by player_id for no key update;",
        "where player_id = any(:player_ids::uuid[]) order by player_id;",
        f"{RACES}::test_who_may_have_two_has_two_whatever_is_bought_at_the_same_moment",
    ),
    Mutation(
        "order: a name for something else",
        PURCHASING,
        "if row.fingerprint != wish.fingerprint:",
        "if False:",
        f"{BUYING}::test_the_same_name_is_the_same_order",
    ),
    Mutation(
        "order: what its name says",
        "orders/actions/asking.py",
        "said = (asked.currency, [(basket.item.item_id, basket.quantity) for basket in baskets])",
        "said = (currency, [(basket.item.item_id, basket.quantity) for basket in baskets])",
        f"{RETRYING}::test_a_retry_is_the_same_wish_whatever_things_cost_by_then",
    ),
    Mutation(
        "order: a refusal stands",
        PURCHASING,
        "        await _keep(tx, wishes, refused)\n",
        "",
        f"{BUYING}::test_a_refusal_stands_under_its_name",
    ),
    Mutation(
        "order: what is taken from a stock",
        PURCHASING,
        "    await _take_stock(tx, [plans[at] for at in placed])\n",
        "",
        f"{BUYING}::test_the_last_ones_are_sold_once",
    ),
    Mutation(
        "order: more than are left",
        DECIDING,
        "if left is not None and left < item.quantity:",
        "if False:",
        f"{RETRYING}::test_who_wanted_more_than_were_left_does_not_get_them_later_by_a_retry",
    ),
    Mutation(
        "order: the maximum of a player",
        DECIDING,
        "if item.max_per_player is not None and owned + item.quantity > item.max_per_player:",
        "if False:",
        f"{BUYING}::test_a_maximum_holds_for_everything_that_brings_one",
    ),
    Mutation(
        "order: what is on its way counts",
        "orders/store.sql",
        "thing.item_id = wanted.item_id and thing.state <> 'cancelled'",
        "thing.item_id = wanted.item_id and false",
        f"{BUYING}::test_a_maximum_holds_for_everything_that_brings_one",
    ),
    Mutation(
        "order: turned down for who cannot pay",
        PURCHASING,
        'if isinstance(refusal, catalog.SoldOut) and refusal.members.get("item") in taken:',
        "if False:",
        f"{BUYING}::test_who_cannot_pay_takes_nothing_from_those_who_can",
    ),
    Mutation(
        "order: waiting for who cannot pay",
        PURCHASING,
        "if any(each.waits and each is not unpaid and _is_counted_with(unpaid.wish, each.wish) for each in plans):",
        "if False:",
        f"{RETRYING}::test_an_order_that_cannot_be_paid_counts_for_no_rule",
    ),
    Mutation(
        "order: the rules",
        DECIDING,
        "if rule is None or count < rule.count:",
        "if True:",
        f"{WAITING}::test_the_sixth_of_a_kind_waits_and_costs_nothing_yet",
    ),
    Mutation(
        "order: the price of what waits",
        POSTINGS,
        "plan.currency, plan.total, until)",
        "plan.currency, 1, until)",
        f"{WAITING}::test_the_sixth_of_a_kind_waits_and_costs_nothing_yet",
    ),
    Mutation(
        "order: decided once",
        REVIEWING,
        "if order.state is not State.REVIEW:",
        "if False:",
        f"{WAITING}::test_who_decides_at_the_same_moment_decides_once",
    ),
    Mutation(
        "order: a rejection frees its stock",
        REVIEWING,
        "        await catalog.give_back_stock(tx, drawn)\n",
        "        pass\n",
        f"{WAITING}::test_a_rejection_sets_everything_free",
    ),
    Mutation(
        "order: a hold that is over",
        REVIEWING,
        "if isinstance(outcome, Refusal) and not isinstance(outcome, ledger.HoldExpired):",
        "if isinstance(outcome, Refusal):",
        f"{WAITING}::test_what_nobody_looked_at_until_its_hold_was_over_is_still_turned_down",
    ),
    Mutation(
        "order: which rule it was",
        "orders/events.py",
        "return self if STAFF in audiences else msgspec.structs.replace(self, flags=[])",
        "return self",
        f"{WAITING}::test_the_sixth_of_a_kind_waits_and_costs_nothing_yet",
    ),
    Mutation(
        "order: more than was paid goes back",
        RETURNING,
        "if left < (quantity or 1):",
        "if False:",
        f"{BACK}::test_more_than_was_paid_or_another_line_is_refused",
    ),
    Mutation(
        "order: what went back is written down",
        REFUNDING,
        "    await store.return_amount(tx, [order.order_id], [amount])\n",
        "",
        f"{BACK}::test_a_line_is_given_back_and_then_the_rest",
    ),
    Mutation(
        "order: a refund frees its stock",
        REFUNDING,
        "        await catalog.give_back_stock(tx, drawn)\n",
        "        pass\n",
        f"{BACK}::test_a_line_is_given_back_and_then_the_rest",
    ),
    Mutation(
        "order: as much as was drawn",
        RETURNING,
        "drawn.quantity * piece.quantity",
        "drawn.quantity",
        f"{EDITED}::test_a_bundle_gives_back_to_the_stocks_it_was_taken_from",
    ),
    Mutation(
        "order: delivered as it was sold",
        POSTINGS,
        "return (content.delivery or item.delivery.value) == catalog.Delivery.IN_GAME.value",
        "return item.delivery is catalog.Delivery.IN_GAME",
        f"{EDITED}::test_what_waits_is_handed_out_as_it_was_sold",
    ),
    Mutation(
        "order: what is gone",
        REFUNDING,
        'if sum(each.quantity for each in gone) < wanted and on_shortfall != "forgive":',
        "if False:",
        f"{BACK}::test_what_is_gone_is_refused_or_let_go",
    ),
    Mutation(
        "order: what was delivered",
        REFUNDING,
        'if fulfilment.Stopped.TOO_LATE in outcomes.values() and wish.on_shortfall != "forgive":',
        "if False:",
        f"{SENT}::test_what_was_delivered_is_let_go_or_refused",
    ),
    Mutation(
        "order: a part of what is delivered",
        REFUNDING,
        "if things and piece.quantity < piece.line.quantity:",
        "if False:",
        f"{SENT}::test_a_refund_stops_what_is_on_its_way",
    ),
    Mutation(
        "order: who gives much back",
        REFUNDING,
        "    await ledger.check_proof(tx, request.caller, order.currency, rules.amount_of(pieces))\n",
        "",
        f"{BACK}::test_much_goes_back_only_by_who_has_just_proved_who_they_are",
    ),
    Mutation(
        "order: paid back once",
        DELIVERING,
        "if thing.is_alone and line.refunded < line.quantity:",
        "if line.refunded < line.quantity:",
        f"{SENT}::test_a_bundles_part_that_does_not_come_waits_for_a_person",
    ),
    Mutation(
        "order: what nobody paid is not paid back",
        DELIVERING,
        "if thing.state is ThingState.CANCELLED or order is None or order.state is not State.PLACED:",
        "if order is None:",
        f"{SENT}::test_what_waits_was_not_paid_and_is_not_paid_back",
    ),
    Mutation(
        "order: of somebody else",
        "orders/routes/buying.py",
        "if not found or found[0].player_id != caller.player_id:",
        "if not found:",
        f"{BUYING}::test_orders_of_others_are_not_seen",
    ),
    Mutation(
        "order: whose cursor",
        "orders/routes/buying.py",
        'scope = f"purchases {caller.subject}"',
        'scope = "purchases"',
        f"{BUYING}::test_orders_of_others_are_not_seen",
    ),
)
