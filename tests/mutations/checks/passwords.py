"""Passwords, guessing at them, and the letters that stand in for one."""

from tests.mutations.mutation import Mutation

PASSWORDS = "access/rules/passwords.py"
HASHING = "access/actions/hashing.py"

CHECKS = (
    Mutation(
        "password: cut at 72 bytes",
        PASSWORDS,
        'return base64.b64encode(hmac.digest(pepper, normal, "sha384"))',
        "return normal[:72]",
        "access/test_rules.py::test_judging_a_password_never_fails",
    ),
    Mutation(
        "password: hashed without our secret",
        PASSWORDS,
        'hmac.digest(pepper, normal, "sha384")',
        'hmac.digest(b"", normal, "sha384")',
        "access/test_rules.py::test_what_is_hashed_tells_every_two_passwords_apart",
    ),
    Mutation(
        "password: common ones",
        PASSWORDS,
        "if folded in _guessed() or plain(folded) in _guessed():",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: too short",
        PASSWORDS,
        "if len(password) < CHARACTERS_MIN:",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: of small letters alone",
        PASSWORDS,
        "if not any(char.isupper() for char in password):",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: without a digit",
        PASSWORDS,
        "if not any(char.isdigit() for char in password):",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: without a special character",
        PASSWORDS,
        "if all(char.isalnum() for char in password):",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: one's own name",
        PASSWORDS,
        "if any(word in folded for word in _context(email, display_name)):",
        "if False:",
        "access/test_rules.py::test_every_fault_is_named_at_once",
    ),
    Mutation(
        "password: of any length hashed",
        "access/actions/credentials.py",
        'if len(password.encode("utf-8", "surrogatepass")) > rules.PASSWORD_BYTES_MAX:',
        "if False:",
        "accounts/test_logging_in.py::test_what_is_longer_than_any_password_is_not_hashed_at_all",
    ),
    Mutation(
        "password: hashed cheaply",
        HASHING,
        "COST: Final = 12",
        "COST: Final = 10",
        "accounts/test_logging_in.py::test_production_hashes_at_the_cost_that_was_promised",
    ),
    Mutation(
        "password: cheap hashes stay",
        HASHING,
        "return parts[:3] != current or int(parts[3]) < self.cost",
        "return parts[:3] != current",
        "accounts/test_logging_in.py::test_a_cheaper_hash_is_made_anew_when_its_player_comes",
    ),
    Mutation(
        "password: any number hashed at once",
        HASHING,
        "if self._inside >= self._most:",
        "if False:",
        "accounts/test_logging_in.py::test_more_than_the_threads_can_hash_are_told_to_come_back",
    ),
    Mutation(
        "password: any is right",
        HASHING,
        "        return is_right and is_known",
        "        return is_known",
        "accounts/test_logging_in.py::test_unknown_wrong_and_locked_look_the_same",
    ),
)
