"""Deliveries: what is sold is delivered once, and vouchers are shown to nobody."""

from tests.mutations.mutation import Mutation

HEARING = "fulfilment/actions/hearing.py"
LETTERS = "fulfilment/actions/letters.py"
PARCELS = "fulfilment/actions/parcels.py"
POOLING = "fulfilment/actions/pooling.py"
SEALING = "fulfilment/actions/sealing.py"
STOPPING = "fulfilment/actions/stopping.py"
STATEMENTS = "fulfilment/store/deliveries.sql"

CHECKS = (
    Mutation(
        "webhook: the address is believed",
        HEARING,
        "    if not rules.agrees(topic, order):\n        raise WebhookUnreadable\n",
        "",
        "fulfilment/test_hearing.py::test_the_address_proves_nothing",
    ),
    Mutation(
        "webhook: an old word is heard",
        HEARING,
        "    if rules.is_stale(order.updated_at, now - clock.offset()):\n        raise WebhookStale\n",
        "",
        "fulfilment/test_hearing.py::test_a_changed_byte_an_old_word_and_an_old_word_with_a_new_name",
    ),
    Mutation(
        "webhook: an old word under a new name",
        HEARING,
        "        raise WebhookReplayed\n",
        "        return\n",
        "fulfilment/test_hearing.py::test_a_changed_byte_an_old_word_and_an_old_word_with_a_new_name",
    ),
    Mutation(
        "webhook: another order of the shop",
        HEARING,
        "    if delivery.external_id not in {None, order.external_id}:\n",
        "    if False:\n",
        "fulfilment/test_hearing.py::test_a_second_order_changes_nothing",
    ),
    Mutation(
        "delivery: tried again without a question",
        PARCELS,
        "find_first=is_in_doubt,",
        "find_first=False,",
        "fulfilment/test_parcels.py::test_what_may_have_been_done_is_asked_for_first",
    ),
    Mutation(
        "delivery: asked before the shop can know",
        PARCELS,
        "    if is_in_doubt and await _is_too_soon(tx, delivery):\n        return None\n",
        "",
        "fulfilment/test_parcels.py::test_in_doubt_the_shop_is_not_asked_before_it_can_know",
    ),
    Mutation(
        "delivery: taken by two",
        STATEMENTS,
        "    and (lease_until is null or lease_until < :now)\nfor no key update skip locked;",
        "for no key update skip locked;",
        "fulfilment/test_letters.py::test_a_killed_worker_loses_nothing",
        also=((STATEMENTS, "due_at = :lease_until,", "due_at = :now,"),),
    ),
    Mutation(
        "delivery: an address by somebody else",
        STOPPING,
        "    if delivery.player_id != player_id:\n        raise NoSuchDelivery\n",
        "",
        "fulfilment/test_routes.py::test_a_player_says_where_a_parcel_goes",
    ),
    Mutation(
        "letter: to an address nobody confirmed",
        LETTERS,
        "own is not None and own.is_verified else",
        "own is not None else",
        "fulfilment/test_letters.py::test_without_a_confirmed_address_it_waits",
    ),
    Mutation(
        "code: in clear",
        SEALING,
        "    return _seal_code(keys(), code_id, code.encode())\n",
        "    return code.encode()\n",
        "fulfilment/test_letters.py::test_codes_lie_sealed",
    ),
    Mutation(
        "code: shown whole",
        POOLING,
        (
            "    return [(each, rules.masked(open_code(each.code_id, each.sealed))) "
            "for each in await store.held(db, delivery_id)]\n"
        ),
        "    return [(each, open_code(each.code_id, each.sealed)) for each in await store.held(db, delivery_id)]\n",
        "fulfilment/test_routes.py::test_a_pool_is_made_filled_and_emptied",
    ),
)
