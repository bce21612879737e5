"""What jobs need from outside: the providers of this process."""

from playerbase.federation.actions.providers import Providers

_providers: Providers | None = None


def use_providers(providers: Providers) -> None:
    """Give this process its providers; once, at start."""
    global _providers  # noqa: PLW0603 - one process, one installation
    _providers = providers


def configured_providers() -> Providers:
    """What ``use_providers`` was given."""
    assert _providers is not None, "federation.use_providers(…) comes before the first job"
    return _providers
