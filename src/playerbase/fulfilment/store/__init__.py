"""Fulfilment's doors to PostgreSQL: deliveries with their attempts, vouchers, and what shops told."""
