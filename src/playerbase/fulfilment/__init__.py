"""Fulfilment: what is delivered outside the game, as vouchers, parcels and effects."""
