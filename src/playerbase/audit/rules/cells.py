"""Text for spreadsheets."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """The text, made harmless: a spreadsheet runs a cell that begins like a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
