"""Payments: what platforms and shops say on the wire about money, and whether it is to be believed."""
