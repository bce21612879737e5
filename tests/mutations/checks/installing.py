"""What an installation must be told, and what is never in production."""

from tests.mutations.mutation import Mutation

SETTINGS = "settings.py"
WEB = "simulators/web.py"

CHECKS = (
    Mutation(
        "setting: a short secret",
        SETTINGS,
        "if len(secret) < SECRET_BYTES_MIN:",
        "if False:",
        "test_settings.py::test_a_wrong_setting_is_told_in_one_sentence",
    ),
    Mutation(
        "setting: http in production",
        SETTINGS,
        'if env == "production" and not public_url.startswith("https://"):',
        "if False:",
        "test_settings.py::test_production_insists_on_https",
    ),
    Mutation(
        "home: the secret for anybody to read",
        "kit/engines/home.py",
        "os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)",
        "os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)",
        "kit/engines/test_home.py::test_the_secret_is_made_once_and_closed",
    ),
    Mutation(
        "mailbox: letters for anybody to read",
        "kit/outside/mail.py",
        "half.touch(mode=0o600)",
        "half.touch(mode=0o644)",
        "kit/outside/test_mail.py::test_the_mailbox_keeps_letters_for_its_owner_alone",
    ),
    Mutation(
        "simulators: in production",
        "__main__.py",
        ('    if os.environ.get("PLAYERBASE_ENV") == "production":\n        raise SettingWrong("The simulators'),
        '    if False:\n        raise SettingWrong("The simulators',
        "simulators/test_command.py::test_in_production_they_refuse_in_one_sentence",
    ),
    Mutation(
        "simulators: brought up in production",
        "up.py",
        '    if environ.get("PLAYERBASE_ENV") == "production":\n        return None\n',
        "",
        "simulators/test_command.py::test_nobody_brings_them_up_in_production",
    ),
    Mutation(
        "simulators: told by other pages",
        WEB,
        '(asked.method != "GET" and origin not in {None, f"http://{host}"})',
        "False",
        "simulators/test_pages.py::test_no_page_elsewhere_can_wish_or_read",
    ),
    Mutation(
        "simulators: read under any name",
        WEB,
        "if not _NEAR.fullmatch(host) or (",
        "if (",
        "simulators/test_pages.py::test_no_page_elsewhere_can_wish_or_read",
    ),
)
