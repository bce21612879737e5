import base64
from pathlib import Path

import pytest

from playerbase.settings import SettingWrong, read

WHOLE = {
    "DATABASE_URL": "postgresql://playerbase@localhost/playerbase",
    "REDIS_URL": "redis://localhost:6379/0",
    "PUBLIC_URL": "https://play.example",
    "PLAYERBASE_SECRET": base64.b64encode(bytes(32)).decode(),
}


def test_four_settings_are_enough() -> None:
    settings = read(WHOLE)
    assert settings.public_url == "https://play.example"
    assert settings.secret == bytes(32)
    assert (settings.host, settings.port, settings.pool_max) == ("127.0.0.1", 8080, 10)
    assert not settings.in_production


@pytest.mark.parametrize("name", list(WHOLE))
def test_a_missing_setting_is_named_with_what_to_do(name: str) -> None:
    with pytest.raises(SettingWrong) as told:
        read({each: value for each, value in WHOLE.items() if each != name})
    sentence = str(told.value)
    assert sentence.startswith(f"{name} is not set; ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PLAYERBASE_ENV", "staging", "development or production"),
        ("DATABASE_URL", "mysql://localhost/x", "postgresql://"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("NATS_URL", "localhost:4222", "nats://"),
        ("SMTP_URL", "mail.example:25", "smtp://"),
        ("PUBLIC_URL", "play.example", "https://"),
        ("PLAYERBASE_SECRET", "not base64!", "openssl rand"),
        ("PLAYERBASE_SECRET", base64.b64encode(bytes(31)).decode(), "shorter than 32 bytes"),
        ("PLAYERBASE_SECRETS_PREVIOUS", "not base64!", "openssl rand"),
        ("PLAYERBASE_SECRETS_PREVIOUS", ",".join([base64.b64encode(bytes(32)).decode()] * 4), "list 3"),
        ("PORT", "eighty", "whole number"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "65536", "from 1 to 65535"),
        ("DATABASE_POOL_MAX", "21", "from 2 to 20"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy.local", "'proxy.local'"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingWrong) as told:
        read({**WHOLE, name: value})
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_production_insists_on_https() -> None:
    with pytest.raises(SettingWrong, match="https"):
        read({**WHOLE, "PLAYERBASE_ENV": "production", "PUBLIC_URL": "http://play.example"})


def test_lists_are_read_with_or_without_spaces() -> None:
    settings = read({**WHOLE, "TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.1", "CORS_ORIGINS": "https://a.example,"})
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "192.168.0.1/32"]
    assert settings.cors_origins == ("https://a.example",)


def test_tls_wants_both_files_or_neither(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    assert read(WHOLE).tls is None
    for given in (
        {"TLS_CERTIFICATE": str(tmp_path / "cert.pem")},
        {"TLS_KEY": str(tmp_path / "cert.pem")},
        {"TLS_CERTIFICATE": str(tmp_path / "cert.pem"), "TLS_KEY": str(tmp_path / "none.pem")},
    ):
        with pytest.raises(SettingWrong, match=r"^TLS_(KEY|CERTIFICATE) names no file; .*\.$"):
            read(WHOLE | given)
