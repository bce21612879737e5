"""Write `docs/security.md` from `docs/security.toml`: `python -m tests.security`."""

from tests.security.statement import PAGE, page, read

if __name__ == "__main__":
    PAGE.write_text(page(read()))
