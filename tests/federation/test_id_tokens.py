"""ID tokens of all providers that give them: right ones, and what forgers make of them."""

from typing import Any

import pytest

from playerbase.federation import ProviderAway, ProviderRefused, Providers, begin, believe
from playerbase.kit import clock
from playerbase.kit.db import Pool
from playerbase.simulators import handing, oidc, signing, web
from playerbase.simulators.signing import Signer
from playerbase.simulators.world import Fault, World, seconds
from tests.federation.conftest import Trusting

ADA = {"epic": "9626f441055349ce8cb7d7d5a483eaa2", "twitch": "25009227", "simulated": "user-1"}
NAMES = list(ADA)
every = pytest.mark.parametrize("name", NAMES)


def of_world(name: str) -> str:
    return "oidc" if name == "simulated" else name


def made(world: World, name: str, **options: Any) -> str:
    return handing.id_token(world, of_world(name), ADA[name], **options)


async def reason_of(providers: Providers, pool: Pool, name: str, token: str, nonce: str | None = None) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await believe(providers, pool, name, token, nonce=nonce)
    return refused.value.reason


@every
async def test_an_id_token_tells_who_signed_in(name: str, world: World, providers: Providers, pool: Pool) -> None:
    subject = await believe(providers, pool, name, made(world, name))
    assert (subject.provider, subject.id) == (name, ADA[name])
    assert subject.display_name == world.provider(of_world(name)).people[ADA[name]].name
    assert (subject.email, subject.email_verified) == ((None, False) if name == "epic" else ("ada@example.com", True))


@every
async def test_a_nonce_that_was_asked_for_must_be_there(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    assert await believe(providers, pool, name, made(world, name, claims={"nonce": "n1"}), nonce="n1")
    assert await reason_of(providers, pool, name, made(world, name, claims={"nonce": "n2"}), "n1") == "nonce"
    assert await reason_of(providers, pool, name, made(world, name), "n1") == "nonce"


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "unsigned": ({"alg": "none"}, "token_malformed"),
    "signed with our public key as a password": ({"alg": "HS256"}, "token_malformed"),
    "signed, and said to be unsigned": ({"header": {"alg": "none"}}, "token_malformed"),
    "key of the forger's own": ({"header": {"jwk": {"kty": "oct", "k": "AAAA"}}}, "token_malformed"),
    "key at the forger's own": ({"header": {"jku": "https://evil.example/keys"}}, "token_malformed"),
    "asking for what nobody understands": ({"header": {"crit": ["exp"]}}, "token_malformed"),
    "an access token by type": ({"header": {"typ": "at+jwt"}}, "token_malformed"),
    "unknown key": ({"header": {"kid": "made-up"}}, "key_unknown"),
    "other audience": ({"claims": {"aud": "another-game"}}, "audience"),
    "one audience of several, not asked by us": ({"claims": {"aud": ["another-game"]}}, "audience"),
    "expired": ({"claims": {"exp": 1_700_000_000}}, "expired"),
    "made tomorrow": ({"claims": {"iat": 4_000_000_000}}, "not_yet"),
    "not to be used yet": ({"claims": {"nbf": 4_000_000_000}}, "not_yet"),
    "no time of its end": ({"claims": {"exp": None}}, "claims"),
    "no issuer": ({"claims": {"iss": None}}, "claims"),
    "nobody": ({"claims": {"sub": ""}}, "subject"),
    "a number for a subject": ({"claims": {"sub": 7}}, "claims"),
    "somebody too long": ({"claims": {"sub": "a" * 256}}, "subject"),
}


@every
@pytest.mark.parametrize(("options", "reason"), FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_is_refused(
    name: str, options: dict[str, Any], reason: str, world: World, providers: Providers, pool: Pool
) -> None:
    assert await reason_of(providers, pool, name, made(world, name, **options)) == reason


@every
async def test_the_issuer_is_the_one_we_trust(name: str, world: World, providers: Providers, pool: Pool) -> None:
    right = world.url
    for wrong in (f"{right}.evil", f"{right}0/{name}", right, f"{right}/epic.evil/", f"x{right}/epic/"):
        assert await reason_of(providers, pool, name, made(world, name, claims={"iss": wrong})) == "issuer"


@every
async def test_of_several_audiences_it_must_be_we_who_asked(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    ours = handing.ISSUERS[of_world(name)].id_claims(world, world.provider(of_world(name)).people[ADA[name]])["aud"]
    both = [ours, "another"]
    assert await believe(providers, pool, name, made(world, name, claims={"aud": both, "azp": ours}))
    assert (
        await reason_of(providers, pool, name, made(world, name, claims={"aud": both, "azp": "another"})) == "audience"
    )
    assert await reason_of(providers, pool, name, made(world, name, claims={"aud": both, "azp": None})) == "audience"


@every
async def test_a_clock_a_little_ahead_of_ours_is_borne(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    assert await believe(providers, pool, name, made(world, name, claims={"iat": seconds() + 30}))


@every
async def test_a_token_whose_words_were_changed_is_refused(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    head, body, signature = made(world, name).split(".")
    other = made(world, name, claims={"sub": "0" * 32}).split(".")[1]
    assert await reason_of(providers, pool, name, f"{head}.{other}.{signature}") == "signature"
    assert await reason_of(providers, pool, name, f"{head}.{body}.{signature[:-8]}AAAAAAAA") == "signature"


@every
@pytest.mark.parametrize("token", ["..", "a.b.c", ".e30.x", "e30.e30.", "é.b.c", "W10.e30.x", "." * 20_000])
async def test_noise_is_refused_without_asking_anybody(
    token: str, name: str, world: World, providers: Providers, pool: Pool
) -> None:
    assert await reason_of(providers, pool, name, token) == "token_malformed"
    assert not world.provider(of_world(name)).calls


@every
async def test_keys_rotate_and_old_tokens_hold(name: str, world: World, providers: Providers, pool: Pool) -> None:
    provider = world.provider(of_world(name))
    before = made(world, name)
    await believe(providers, pool, name, before)
    asked = len(provider.calls)
    await believe(providers, pool, name, made(world, name))
    assert len(provider.calls) == asked  # Its key is known.
    provider.signer.rotate()
    await believe(providers, pool, name, made(world, name))
    await believe(providers, pool, name, before)
    assert len(provider.calls) == asked + 1


@every
async def test_a_key_that_was_withdrawn_signs_no_more(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    old = made(world, name)
    provider = world.provider(of_world(name))
    await believe(providers, pool, name, old)
    provider.signer.rotate()
    provider.signer.rotate()
    await believe(providers, pool, name, made(world, name))
    # The last look no longer showed the key, and another look finds it no more.
    assert await reason_of(providers, pool, name, old) == "key_unknown"


@every
async def test_a_key_that_was_withdrawn_signs_no_more_though_nobody_brings_a_new_one(
    name: str, world: World, providers: Providers, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made(world, name)
    await believe(providers, pool, name, old)
    monkeypatch.setattr(world.provider(of_world(name)), "signer", Signer())
    await believe(providers, pool, name, old)
    later = clock.monotonic() + 3_601
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    assert await reason_of(providers, pool, name, old) == "key_unknown"


@every
@pytest.mark.filterwarnings("ignore:Key size")
async def test_a_weak_key_signs_nothing(
    name: str, world: World, providers: Providers, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "BITS", 1_024)
    monkeypatch.setattr(world.provider(of_world(name)), "signer", Signer())
    assert await reason_of(providers, pool, name, made(world, name)) == "key_unknown"


@pytest.mark.parametrize("name", ["epic", "simulated"])
async def test_a_key_that_is_published_to_encrypt_signs_nothing(
    name: str, world: World, providers: Providers, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = world.provider(of_world(name)).signer
    published = [{**key, "use": "enc"} for key in signer.published()["keys"]]
    monkeypatch.setattr(signer, "published", lambda: {"keys": published})
    assert await reason_of(providers, pool, name, made(world, name)) == "key_unknown"


@every
async def test_made_up_keys_are_looked_for_once(name: str, world: World, providers: Providers, pool: Pool) -> None:
    provider = world.provider(of_world(name))
    await believe(providers, pool, name, made(world, name))
    asked = len(provider.calls)
    for number in range(5):
        token = made(world, name, header={"kid": f"made-up-{number}"})
        assert await reason_of(providers, pool, name, token) == "key_unknown"
    assert len(provider.calls) == asked + 1


async def test_a_p256_key_signs_as_well_and_each_kind_in_its_own_way(
    world: World, providers: Providers, pool: Pool
) -> None:
    assert (await believe(providers, pool, "simulated", made(world, "simulated", alg="ES256"))).id == "user-1"
    kids = {each["kty"]: each["kid"] for each in world.provider("oidc").signer.published()["keys"]}
    crossed = made(world, "simulated", header={"kid": kids["EC"]})
    assert await reason_of(providers, pool, "simulated", crossed) == "algorithm"


async def test_discovery_of_another_issuer_is_not_followed(world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting({"OIDC_SIMULATED_ISSUER": f"{world.url}/oidc/"})
    with pytest.raises(ProviderAway):
        await believe(providers, pool, "simulated", made(world, "simulated"))


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_discovery_that_leads_elsewhere_in_clear_is_not_followed(
    endpoint: str, providers: Providers, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "said", lambda body: web.said({**body, endpoint: "http://elsewhere.example/"}))
    with pytest.raises(ProviderAway):
        await begin(providers, pool, "simulated", "a-browser-of-its-own", "/")
    monkeypatch.setattr(oidc, "said", lambda body: web.said({**body, endpoint: "https://elsewhere.example/"}))
    assert await begin(providers, pool, "simulated", "a-browser-of-its-own", "/")


@every
async def test_while_a_provider_is_away_a_known_key_still_serves(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    provider = world.provider(of_world(name))
    await believe(providers, pool, name, made(world, name))
    provider.break_next(Fault.CLOSE, 50)
    await believe(providers, pool, name, made(world, name))
    provider.signer.rotate()
    with pytest.raises(ProviderAway):
        await believe(providers, pool, name, made(world, name))
