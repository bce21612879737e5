"""What a list of voucher codes must be. Pure."""

from playerbase.fulfilment.model.vouchers import CODE_CHARACTERS_MAX, CODES_MAX

Found = dict[str, str]
SHOWN = 4  # The end of a code, by which somebody who holds it can say which one it is.
SHORT = 8  # Of a shorter code, four characters would be too much of it.


def read(text: str) -> tuple[list[tuple[int, str]], list[Found]]:
    """The codes of a text, one to a line, with the numbers of their lines; and every line that is none."""
    codes: list[tuple[int, str]] = []
    faults: list[Found] = []
    first: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        code = line.strip()
        if not code:
            continue
        if fault := _fault(code):
            faults.append(at_line(number, *fault))
        elif code in first:
            faults.append(at_line(number, "duplicate", f"This code stands on line {first[code]} already"))
        else:
            first[code] = number
            codes.append((number, code))
    if len(codes) > CODES_MAX:
        faults.append(at_line(codes[CODES_MAX][0], "too_many", f"One upload holds at most {CODES_MAX:,} codes"))
    if not codes and not faults:
        faults.append({"field": "codes", "code": "missing", "message": "There is no code in it"})
    return codes, faults


def at_line(number: int, code: str, message: str) -> Found:
    """A fault of one line. It never repeats the line: what is listed is logged, and a code is worth money."""
    return {"field": f"codes.{number}", "code": code, "message": f"Line {number}: {message}"}


def masked(code: str) -> str:
    """A code as staff sees it unless they ask for more."""
    return "••••" + (code[-SHOWN:] if len(code) > SHORT else "")


def _fault(code: str) -> tuple[str, str] | None:
    if len(code) > CODE_CHARACTERS_MAX:
        return "too_long", f"A code has at most {CODE_CHARACTERS_MAX} characters"
    if not (code.isascii() and code.isprintable()):
        return "invalid", "A code is printable ASCII"
    if " " in code or "," in code or ";" in code or "\t" in code:
        return "invalid", "One code to a line, with nothing else beside it"
    return None
