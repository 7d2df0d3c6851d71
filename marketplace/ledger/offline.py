"""Seals of the books, and the check of an exported file: ``python -m marketplace.ledger.offline``.

Nothing but the standard library is used, so that this file alone, with any Python from 3.11, tells
whether an export is what was sealed.

An entry is written in one form only (``canonical``): JSON with sorted keys, no spaces, and text as
UTF-8. Its leaf is SHA-256 of a zero byte and that form. Leaves of a day, in the order of entry ids,
make a Merkle tree as in RFC 6962: a node is SHA-256 of a one byte and its two children, the left
one being the largest full tree. A day's hash is SHA-256 of four lines: day, count, root, and the
hash of the day before.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

FORMAT: Final = "fairview-entries-1"
FIRST: Final = "0" * 64
"""The hash before the first day."""


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the one form in which an entry is hashed."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def leaf_of(entry: Mapping[str, Any]) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\0" + canonical(entry)).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the hash that stands for all leaves in their order."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = _left(len(leaves))
    return _node(root_of(leaves[:half]), root_of(leaves[half:]))


def proof_of(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at a place, from 0, to the root."""
    if len(leaves) == 1:
        return []
    half = _left(len(leaves))
    if place < half:
        return [*proof_of(leaves[:half], place), root_of(leaves[half:])]
    return [*proof_of(leaves[half:], place - half), root_of(leaves[:half])]


def root_by_proof(leaf: bytes, *, place: int, count: int, proof: Sequence[bytes]) -> bytes:
    """Return the root to which a proof leads from a leaf; raises ValueError for a wrong length."""
    if not 0 <= place < count:
        raise ValueError("no such place")
    if count == 1:
        if proof:
            raise ValueError("the proof is too long")
        return leaf
    if not proof:
        raise ValueError("the proof is too short")
    half = _left(count)
    if place < half:
        under = root_by_proof(leaf, place=place, count=half, proof=proof[:-1])
        return _node(under, proof[-1])
    under = root_by_proof(leaf, place=place - half, count=count - half, proof=proof[:-1])
    return _node(proof[-1], under)


def day_hash(*, day: str, count: int, root: str, previous: str) -> str:
    """Return the hash of a day, chained to that of the day before."""
    return sha256(f"{day}\n{count}\n{root}\n{previous}\n".encode()).hexdigest()


def _left(count: int) -> int:
    """How many leaves are in the left part: the largest power of two below the count."""
    return 1 << ((count - 1).bit_length() - 1)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def faults_of(export: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with an export, a plain sentence each; none when it holds."""
    if export.get("format") != FORMAT:
        return [f"This is no file of the format {FORMAT}."]
    try:
        return [*_wrong_days(export), *_wrong_entries(export), *_wrong_balances(export)]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return [f"The file is damaged: {problem!r}."]


def _wrong_days(export: Mapping[str, Any]) -> Iterator[str]:
    for day, seal in export["days"].items():
        made = day_hash(day=day, count=seal["count"], root=seal["root"], previous=seal["previous"])
        if made != seal["hash"]:
            yield f"{day}: the hash of the day does not follow from its count and root."


def _wrong_entries(export: Mapping[str, Any]) -> Iterator[str]:
    before = 0
    for item in export["entries"]:
        entry, day = item["entry"], item["day"]
        name = f"journal entry {entry['id']}"
        if entry["id"] <= before:
            yield f"{name}: it is not in its place."
        before = entry["id"]
        if not _balanced(entry):
            yield f"{name}: debits and credits differ."
        if day is None:
            continue  # recorded on a day that was not over
        if day != entry["recorded_at"][:10] or day not in export["days"]:
            yield f"{name}: it names a day that is not its own."
            continue
        seal = export["days"][day]
        proof = [bytes.fromhex(each) for each in item["proof"]]
        try:
            made = root_by_proof(
                leaf_of(entry), place=item["place"], count=seal["count"], proof=proof
            )
        except ValueError:
            made = b""
        if made.hex() != seal["root"]:
            yield f"{name}: it is not what was sealed on {day}."


def _balanced(entry: Mapping[str, Any]) -> bool:
    """Each posting names two accounts and one whole positive amount, so its two sides are equal."""
    return bool(entry["postings"]) and all(
        type(posting["amount_minor"]) is int
        and posting["amount_minor"] > 0
        and posting["debit"]
        and posting["credit"]
        and posting["debit"] != posting["credit"]
        for posting in entry["postings"]
    )


def _wrong_balances(export: Mapping[str, Any]) -> Iterator[str]:
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for item in export["entries"]:
        for posting in item["entry"]["postings"]:
            moved[posting["debit"], posting["currency"]] += posting["amount_minor"]
            moved[posting["credit"], posting["currency"]] -= posting["amount_minor"]
    for balance in export["balances"]:
        made = moved[balance["account"], balance["currency"]]
        if made != balance["debit_minor"]:
            yield (
                f"account {balance['account']}: its entries make {made} {balance['currency']},"
                f" the file says {balance['debit_minor']}: an entry is missing."
            )


def main(arguments: Sequence[str]) -> int:
    """Check one file and say how it stands; the exit code is 1 when something is wrong."""
    if len(arguments) != 1:
        print("usage: python -m marketplace.ledger.offline FILE", file=sys.stderr)  # noqa: T201
        return 2
    try:
        export = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        print(f"{arguments[0]} cannot be read: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    faults = faults_of(export) if isinstance(export, dict) else ["This is no export."]
    for fault in faults:
        print(fault)  # noqa: T201  # the answer
    if not faults:
        sealed = sum(item["day"] is not None for item in export["entries"])
        print(  # noqa: T201  # the answer
            f"{len(export['entries'])} entries hold: all balanced, {sealed} of them sealed in"
            f" {len(export['days'])} days."
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
