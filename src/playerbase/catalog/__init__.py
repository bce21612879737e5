"""Catalog: what there is to be had, and for how much."""
