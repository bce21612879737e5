"""Everything that knows no game: database, events, jobs, HTTP, crypto, engines."""
