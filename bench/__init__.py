"""The load programs: what a request costs, counted in processor time of everything that serves it."""
