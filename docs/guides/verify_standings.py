#!/usr/bin/env python3
"""Check final standings with nothing but Python: `verify_standings.py jwks.json final.json [final.json …]`.

`jwks.json` is what /.well-known/jwks.json of the installation says, each `final.json` an answer of
/api/v1/leaderboards/{season_id}/final. The signature is checked, and the proof of a row if there is one; if the answers
hold all rows, the whole tree is made anew from them.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # What stands before the hash in a signature.


def unpacked(part: str) -> bytes:
    """What base64 for addresses holds."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def statement(jwks: Any, signed: str) -> Any:
    """What was signed, if it was signed with one of these keys (RFC 7515; RFC 8017, 8.2.2)."""
    head, body, signature = signed.split(".")
    said = json.loads(unpacked(head))
    assert (said["alg"], said["typ"]) == ("RS256", "statement+jws"), "another kind of signature"
    key = next((each for each in jwks["keys"] if each["kid"] == said["kid"]), None)
    assert key is not None, "the key it was signed with is not published"
    modulus = int.from_bytes(unpacked(key["n"]), "big")
    length = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(unpacked(signature), "big"), int.from_bytes(unpacked(key["e"]), "big"), modulus)
    digest = SHA256 + hashlib.sha256(f"{head}.{body}".encode()).digest()
    padded = b"\0\1" + b"\xff" * (length - 3 - len(digest)) + b"\0" + digest
    assert opened.to_bytes(length, "big") == padded, "the signature is wrong"
    return json.loads(unpacked(body))


def leaf(text: str) -> bytes:
    """The hash of a row."""
    return hashlib.sha256(b"\0" + text.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(level: list[bytes]) -> bytes:
    """The root over these hashes (RFC 6962, 2.1)."""
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        level = [node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)] + odd
    return level[0]


def root_by(found: bytes, at: int, size: int, beside: list[str]) -> bytes:
    """The root that follows from one leaf and the hashes beside its way up."""
    left = [bytes.fromhex(each) for each in beside]
    while size > 1:
        if at % 2:
            found = node(left.pop(0), found)
        elif at + 1 < size:
            found = node(found, left.pop(0))
        at, size = at // 2, (size + 1) // 2
    assert not left, "hashes are left over"
    return found


def text_of(row: Any) -> str:
    """What is hashed of a row."""
    return f"{row['rank']} {row['player_id']} {row['score_text']} {row['reached_at']}"


def main(jwks_path: str, *final_paths: str) -> None:
    """Check these files; an AssertionError says what is wrong."""
    jwks = json.loads(Path(jwks_path).read_text())
    finals = [json.loads(Path(path).read_text()) for path in final_paths]
    said = statement(jwks, finals[0]["signed"])
    print(f"Signed: {said['entries']} rows of {said['board']} ({said['game']}), sealed {said['sealed_at']}.")
    rows = {}
    for final in finals:
        assert statement(jwks, final["signed"]) == said, "these answers are of different standings"
        rows |= {row["rank"]: row for row in final["items"]}
        proof = final["proof"]
        if proof is not None:
            assert proof["text"] == text_of(proof["row"]), "the text is not that of the row"
            assert proof["at"] == proof["row"]["rank"] - 1, "the row is not where it says"
            found = root_by(leaf(proof["text"]), proof["at"], said["entries"], proof["beside"])
            assert found.hex() == said["root"], "this row was not signed"
            print(f"Row {proof['row']['rank']} was signed: {proof['text']}.")
    if len(rows) == said["entries"]:
        found = root([leaf(text_of(rows[rank])) for rank in range(1, len(rows) + 1)])
        assert found.hex() == said["root"], "these rows were not signed"
        print("All rows were signed.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as fault:
        sys.exit(f"Not genuine: {fault}.")
