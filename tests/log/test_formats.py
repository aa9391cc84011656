"""Published vectors of the formats: C2SP signed-note, Go's sumdb/note, tlog-tiles paths, RFC 6962 trees and proofs."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.errors import BrokenLogError, LogError
from provenance.log.checkpoint import TreeHead, read_head
from provenance.log.merkle import EMPTY_ROOT, is_consistent, is_included, leaf_hash, node_hash
from provenance.log.note import Verifier, open_note, sign_note
from provenance.log.tiles import ENTRIES, Tree, bundle, entries_of, tile_path
from tests.log.independent import tree_hash

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_NOTE = NEUMANN_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
C2SP = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

# The leaves and roots that implementations of Certificate Transparency test with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
L1, L4, L6 = (leaf_hash(LEAVES[index]).hex() for index in (1, 4, 6))
N01 = ROOTS[2]
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

INCLUSION = [
    (0, 1, []),
    (0, 8, [L1, N23, N47]),
    (5, 8, [L4, N67, ROOTS[4]]),
    (2, 3, [N01]),
    (1, 5, [ROOTS[1], N23, L4]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [L1, N23, N47]),
    (6, 8, [N45, N67, ROOTS[4]]),
    (2, 5, [N23, L4]),
    (6, 7, [N45, L6, ROOTS[4]]),
]


class Neumann:
    """The private key of the published note."""

    public_key = Verifier.parse(NEUMANN).public_key

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(NEUMANN_SEED).sign(message)


@pytest.mark.parametrize(("vkey", "note"), [(NEUMANN, NEUMANN_NOTE), (C2SP, C2SP_NOTE)])
def test_published_notes_verify(vkey: str, note: str) -> None:
    """The notes of the specification and of Go's documentation open with their keys."""
    verifier = Verifier.parse(vkey)
    assert str(verifier) == vkey
    assert open_note(note.encode(), verifier) == note.rpartition("\n\n")[0] + "\n"


def test_signing_gives_the_published_note() -> None:
    """The same key and text give the published bytes."""
    assert sign_note(NEUMANN_TEXT, "PeterNeumann", Neumann()) == NEUMANN_NOTE.encode()


def test_a_note_with_another_signature_beside_it_verifies() -> None:
    """Signatures by keys that are not known are ignored, as a witness's."""
    both = sign_note(NEUMANN_TEXT, "PeterNeumann", Neumann()) + C2SP_NOTE.encode().rpartition(b"\n\n")[2]
    assert open_note(both, Verifier.parse(NEUMANN)) == NEUMANN_TEXT
    with pytest.raises(BrokenLogError, match=r"The signature by example\.com/foo does not hold"):
        open_note(both, Verifier.parse(C2SP))


def test_every_part_and_every_change_of_a_verifier_key_is_refused() -> None:
    """As Go's own test does it: no substring and no key with one byte incremented is a verifier key."""
    parts = {NEUMANN[i:j] for i in range(len(NEUMANN)) for j in range(i + 1, len(NEUMANN) + 1)} - {NEUMANN}
    changed = {NEUMANN[:i] + chr(ord(NEUMANN[i]) + 1) + NEUMANN[i + 1 :] for i in range(len(NEUMANN))}
    bad = {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    }
    for vkey in parts | changed | bad:
        with pytest.raises(LogError):
            Verifier.parse(vkey)


def test_every_changed_byte_of_a_note_is_refused() -> None:
    """No byte of a note can be another one."""
    verifier = Verifier.parse(C2SP)
    note = C2SP_NOTE.encode()
    for place in range(len(note)):
        changed = bytearray(note)
        changed[place] ^= 1
        with pytest.raises(BrokenLogError):
            open_note(bytes(changed), verifier)


def test_a_checkpoint_is_written_and_read_as_go_does() -> None:
    """The tree head of Go's tests, and the forms that it refuses."""
    head = TreeHead("go.sum database tree", 123456789012, leaf_hash(b"hello world"))
    assert head.text == "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
    assert read_head(head.text) == head
    assert read_head(head.text + "JOE\n") == head
    for wrong in (
        head.text.replace("1", "0x", 1),
        head.text.replace("12345", "012345"),
        head.text[:-6] + "\n",
        "a\n",
    ):
        with pytest.raises(BrokenLogError):
            read_head(wrong)


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/4/001", (4, 1)),
        ("tile/4/001.p/5", (4, 1, 5)),
        ("tile/0/x001/x234/067", (0, 1234067)),
        ("tile/5/x123/x456/078.p/2", (5, 123456078, 2)),
        ("tile/entries/x003/x057/500", (ENTRIES, 3057500)),
        ("tile/entries/x001/000", (ENTRIES, 1000)),
        ("tile/entries/999", (ENTRIES, 999)),
        ("tile/63/000.p/255", (63, 0, 255)),
    ],
)
def test_tiles_stand_at_the_paths_of_the_specification(path: str, tile: tuple[int, int]) -> None:
    """An index is written in groups of three digits, all but the last marked with an x."""
    assert tile_path(*tile) == path


def test_a_bundle_is_entries_after_their_lengths() -> None:
    """Each entry follows its length in two bytes, the higher one first; 65,535 bytes is the longest."""
    entries = [b"", b"a", b"b" * 65535]
    assert bundle(entries)[:5] == b"\x00\x00\x00\x01a"
    assert entries_of(bundle(entries), "x") == entries
    with pytest.raises(LogError, match="65535"):
        bundle([b"b" * 65536])
    with pytest.raises(BrokenLogError, match="ends within an entry"):
        entries_of(bundle(entries)[:-1], "x")


def test_leaves_and_nodes_have_the_published_hashes() -> None:
    """The empty tree, an empty leaf, a leaf and a node."""
    assert EMPTY_ROOT.hex() == ROOTS[0]
    assert leaf_hash(b"").hex() == ROOTS[1]
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    node = node_hash(b"N123", b"N456").hex()
    assert node == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(9))
def test_the_published_leaves_have_the_published_roots(size: int) -> None:
    """Every tree of Certificate Transparency's test leaves, by this room and by the independent reader."""
    assert _tree(size).root().hex() == tree_hash(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    """They are what this room makes, and hold."""
    steps = [bytes.fromhex(step) for step in path]
    assert _tree(size).inclusion(index) == steps
    assert is_included(leaf_hash(LEAVES[index]), index, size, steps, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY)
def test_the_published_consistency_proofs(first: int, second: int, path: list[str]) -> None:
    """They are what this room makes, and hold."""
    steps = [bytes.fromhex(step) for step in path]
    assert _tree(second).consistency(first) == steps
    old, new = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
    assert is_consistent(first, second, steps, old, new)


def _tree(size: int) -> Tree:
    """The tree over the first test leaves, as its one tile has it."""
    tile = {tile_path(0, 0, size): b"".join(leaf_hash(leaf) for leaf in LEAVES[:size])}
    return Tree(tile.get, size)
