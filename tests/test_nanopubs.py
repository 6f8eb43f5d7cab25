"""Promises of nanopublications: the normal form, an address, a signature, a chain; no tampering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from exporting import own_source
from signed_exports import few_statements, new_key, written
from tampering import KNOWING, NAIVE, Original, new_signer, readdressed

from kg.cli import main
from kg.export.nanopubs.chain import nanopubs
from kg.export.nanopubs.check import Checked, Wanted, check, check_file
from kg.export.nanopubs.keys import Signer, has_signed, read_public_key, read_signer
from kg.export.nanopubs.words import CODE, NPX
from kg.export.source import Source
from kg.model.errors import KGError, NanopubError, UsageError
from kg.model.rdf import Quad, read_dataset
from kg.model.vocabulary import DCTERMS, EG, IRI, PROV, RDFS, Literal, eg, english, expand

CHANGED = "st:A001"
A_SIZE = "B037"


@pytest.fixture(name="key", scope="module")
def _key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a private key, beside which the public one stands."""
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(name="folder", scope="module")
def _folder(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a signed export."""
    return written(replace(own_source(), key=key), tmp_path_factory.mktemp("export"))


@pytest.fixture(name="original", scope="module")
def _original(folder: Path, key: Path) -> Original:
    """Give a signed nanopublication with a figure, and another."""
    quads, other = (_quads(folder / "nanopubs" / f"{name}.trig") for name in (A_SIZE, "A001"))
    return Original(quads, other, read_signer(key), new_signer())


@pytest.fixture(name="few", scope="module")
def _few() -> Source:
    """Give a graph of ten statements: an export of it takes no second."""
    return few_statements()


@pytest.fixture(name="first", scope="module")
def _first(few: Source, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a signed export of the ten."""
    return written(replace(few, key=key), tmp_path_factory.mktemp("first"))


def _quads(path: Path) -> Sequence[Quad]:
    return read_dataset(path.read_bytes(), "application/trig", path)


def _edited(source: Source, *said: Quad, gone: Sequence[Quad] = ()) -> Source:
    """The source of a later version that says more, and something less."""
    lines = source.content.splitlines(keepends=True)
    drop = {_line(quad) for quad in gone}
    kept = [line for line in lines if line not in drop]
    assert len(kept) == len(lines) - len(gone)
    return replace(source, content=b"".join([*kept, *map(_line, said)]))


def _line(quad: Quad) -> bytes:
    return (" ".join(term.n3() for term in quad if term is not None) + " .\n").encode()


def _index(folder: Path) -> dict[str, tuple[str, str, str]]:
    lines = (folder / "nanopubs" / "index.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return {f"{row[0]} {row[2]}": (row[1], row[2], row[3]) for row in rows}


def _checked(path: Path) -> Checked:
    return check_file(path, Wanted())


# ── What they are ───────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_every_statement_is_one(folder: Path, key: Path) -> None:
    """Each statement of a document has a nanopublication that is what it says, with our key."""
    public = read_public_key(key.with_name("key.pub.pem"))
    said = (folder / "nanopubs").glob("*.trig")
    checked = [check_file(path, Wanted(public)) for path in said]

    statements = {s for s in own_source().graph if str(s).startswith(str(expand("st:")))}
    assert {each.parts.about for each in checked} == statements
    assert len({each.parts.iri for each in checked}) == len(statements)


def test_the_assertion_is_the_normal_form(folder: Path) -> None:
    """An assertion has what the statement says and nothing of its making."""
    parts = _checked(folder / "nanopubs" / "B026.trig").parts
    names = {quad.predicate for quad in parts.assertion}

    assert {EG.subject, EG.predicate, EG.object, EG.modality, EG.polarity} <= names
    assert {quad.subject for quad in parts.assertion} == {expand("st:B026")}
    assert not names & {EG.region, EG.cites, EG.note, EG.evidenceType}
    assert not names & {EG.agreesWith, EG.carries, RDFS.isDefinedBy}


def test_the_provenance_is_place_and_standing(folder: Path) -> None:
    """A provenance has the place of the sentence, and the standing of document and citation."""
    parts = _checked(folder / "nanopubs" / "B026.trig").parts
    said = {(quad.subject, quad.predicate) for quad in parts.provenance}

    assert (expand("reg:B-42"), EG.sentenceDigest) in said
    assert (expand("doc:B"), EG.reviewStatus) in said
    assert (expand("cite:B-5"), EG.resolution) in said
    assert (expand("ref:B-R4"), DCTERMS.title) in said


def test_who_publishes_is_an_agent_of_the_graph(folder: Path) -> None:
    """The creator is the agent that the description of the graph names, with its name."""
    parts = _checked(folder / "nanopubs" / "A001.trig").parts
    (creator,) = parts.pubinfo.objects(parts.iri, DCTERMS.creator)

    assert creator in set(own_source().graph.of_type(expand("foaf:Agent")))
    assert parts.pubinfo.text(creator, expand("foaf:name")) == "The Etiograph authors"


def test_the_same_key_gives_the_same_bytes(few: Source, first: Path, key: Path) -> None:
    """Signed twice, an export is the same; unsigned, it has other addresses and no key."""
    again = nanopubs(replace(few, key=key))
    unsigned = nanopubs(few)

    assert again["nanopubs/A001.trig"] == (first / "nanopubs" / "A001.trig").read_bytes()
    assert again["nanopubs/index.tsv"] == (first / "nanopubs" / "index.tsv").read_bytes()
    assert b"hasPublicKey" not in unsigned["nanopubs/A001.trig"]
    assert unsigned["nanopubs/index.tsv"] != again["nanopubs/index.tsv"]


def test_another_base_is_another_address(few: Source) -> None:
    """Published under another base, no nanopublication has an IRI of the old one."""
    source = few
    moved = source.content.replace(source.base.encode(), b"https://example.org/kg/")
    text = nanopubs(Source(moved, b"", "https://example.org/kg/"))["nanopubs/A001.trig"].decode()

    assert source.base not in text
    assert "https://example.org/kg/np/RA" in text


# ── Tampering ───────────────────────────────────────────────────────────────────────────────


def test_the_original_is_accepted(original: Original) -> None:
    """What is tampered with below is in order itself."""
    checked = check(original.quads, Wanted(original.mine.public_key))

    assert checked.public_key == original.mine.public_key


@pytest.mark.parametrize("name", NAIVE)
def test_a_change_does_not_fit_the_address(name: str, original: Original) -> None:
    """Whatever is changed, the address tells; a changed assertion too, which nanopub-py accepts."""
    spoiled = NAIVE[name](original)
    assert set(spoiled) != set(original.quads)

    with pytest.raises(NanopubError, match="its content has the code"):
        check(spoiled, Wanted())


@pytest.mark.parametrize("name", NAIVE)
def test_a_change_with_a_new_address_does_not_fit_the_signature(
    name: str, original: Original
) -> None:
    """Whoever computes the address anew cannot compute the signature anew."""
    iri = original.iri
    if name == "the address of another":
        pytest.skip("it is the address that was changed")
    with pytest.raises(NanopubError, match="was not made over this content"):
        check(readdressed(NAIVE[name](original), iri), Wanted())


@pytest.mark.parametrize("name", KNOWING)
def test_who_knows_the_algorithm_is_refused_too(name: str, original: Original) -> None:
    """What fits its address, or its signature, or is signed well and read by nobody, is refused."""
    tamper, complaint = KNOWING[name]

    with pytest.raises(NanopubError, match=complaint):
        check(tamper(original), Wanted(original.mine.public_key))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<x:a> <x:b> <x:c> .",
        b"{ <x:a> <x:b> ",
        b"\xff\xfe",
        b'GRAPH <x:g> { <x:a> <x:b> "text"@en--ltr }',
        b"GRAPH <x:g> { <x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> }",
    ],
)
def test_what_is_none_is_refused(text: bytes, tmp_path: Path) -> None:
    """A file that is no nanopublication, or says what is read nowhere, is refused with a reason."""
    path = tmp_path / "none.trig"
    path.write_bytes(text)

    with pytest.raises(KGError):
        check_file(path, Wanted(signed=False))


def test_the_command_refuses(folder: Path, key: Path, tmp_path: Path) -> None:
    """`kg nanopub check` names the file and why, and its exit code says that one was refused."""
    good = folder / "nanopubs" / "A001.trig"
    bad = tmp_path / "changed.trig"
    bad.write_bytes(good.read_bytes().replace(b"uncommon", b"common"))
    command = ["nanopub", "check", str(good), str(bad)]
    done = CliRunner().invoke(main, [*command, "--key", str(key.with_name("key.pub.pem"))])

    assert done.exit_code == 1
    assert f"{bad}: refused: its content has the code" in done.output
    assert "1 of 2 nanopublications are what they say." in done.output
    assert CliRunner().invoke(main, ["nanopub", "check", str(good)]).exit_code == 0
    assert CliRunner().invoke(main, ["nanopub", "check", str(tmp_path / "none")]).exit_code == 1
    empty = tmp_path / "empty"
    empty.mkdir()
    assert CliRunner().invoke(main, ["nanopub", "check", str(empty)]).exit_code == 2


# ── Keys ────────────────────────────────────────────────────────────────────────────────────


def test_a_key_of_the_usual_place_is_read(key: Path, tmp_path: Path) -> None:
    """A key without head and foot, as the tools of nanopublications keep it, is the same key."""
    lines = key.read_text().splitlines()
    bare = tmp_path / "id_rsa"
    bare.write_text("".join(lines[1:-1]) + "\n")

    assert read_signer(bare).public_key == read_signer(key).public_key


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n\n", b"AAAA"])
def test_what_is_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    """A file that holds no private key is named, and not signed with."""
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(UsageError, match="holds no key"):
        read_signer(path)


def test_a_short_key_is_refused(key: Path, tmp_path: Path) -> None:
    """A key that can be broken signs nothing."""
    short = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that is the point
    path = tmp_path / "short.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(short.private_bytes(*form))

    with pytest.raises(UsageError, match="2048"):
        read_signer(path)
    signer = Signer(short)
    assert has_signed(signer.public_key, signer.sign("text"), "text")
    assert not has_signed(signer.public_key, signer.sign("text"), "another")
    assert read_signer(key).public_key != signer.public_key


# ── Chains ──────────────────────────────────────────────────────────────────────────────────


def test_what_says_the_same_is_kept(few: Source, first: Path, key: Path, tmp_path: Path) -> None:
    """A later version in which nothing changed has the same nanopublications, to the byte."""
    later = written(replace(few, key=key, former=first), tmp_path)

    assert {state for _, state, _ in _index(later).values()} == {"kept"}
    for path in (first / "nanopubs").glob("*.trig"):
        assert (later / "nanopubs" / path.name).read_bytes() == path.read_bytes()


def test_what_changed_supersedes(few: Source, first: Path, key: Path, tmp_path: Path) -> None:
    """A statement that says something else supersedes its former nanopublication, and only that."""
    statement, where = expand(CHANGED), expand("graph:document/A")
    old = few.graph.value(statement, EG.modality)
    assert old is not None
    gone = [Quad(statement, EG.modality, old, where)]
    said = Quad(statement, EG.modality, eg("modality-may"), where)
    later = replace(_edited(few, said, gone=gone), key=key, former=first)
    index = _index(written(later, tmp_path))

    new, _, former = index["A001 supersedes"]
    assert former == _checked(first / "nanopubs" / "A001.trig").parts.iri != new
    parts = _checked(tmp_path / "nanopubs" / "A001.trig").parts
    assert parts.pubinfo.value(parts.iri, NPX.supersedes) == former
    assert sum(state == "kept" for _, state, _ in index.values()) == len(index) - 1


def test_what_was_withdrawn_is_retracted(
    few: Source, first: Path, key: Path, tmp_path: Path
) -> None:
    """A withdrawn statement is retracted with its reason, once, and later exports keep that."""
    statement, where, withdrawal = expand(CHANGED), expand("graph:document/A"), eg("withdrawal-x")
    said = (
        Quad(statement, PROV.wasInvalidatedBy, withdrawal, where),
        Quad(withdrawal, EG.reason, english("read from the wrong line"), where),
    )
    source = replace(_edited(few, *said), key=key, former=first)
    index = _index(written(source, tmp_path / "second"))
    third = replace(source, former=tmp_path / "second")
    again = _index(written(third, tmp_path / "third"))

    former = _checked(first / "nanopubs" / "A001.trig").parts.iri
    iri, _, retracted = index["A001 retracts"]
    assert retracted == former
    assert again["A001 kept"] == (iri, "kept", former)
    assert not (tmp_path / "second" / "nanopubs" / "A001.trig").exists()
    (path,) = (tmp_path / "third" / "nanopubs").glob("A001.*")
    parts = _checked(path).parts
    assert [quad.object for quad in parts.assertion if quad.predicate == NPX.retracts] == [former]
    assert "wrong line" in path.read_text()


def test_what_is_back_has_a_new_address(
    few: Source, first: Path, key: Path, tmp_path: Path
) -> None:
    """A statement that is withdrawn and restored twice, on one day, has three nanopublications."""
    mark = Quad(
        expand(CHANGED),
        PROV.wasInvalidatedBy,
        eg("withdrawal-x"),
        expand("graph:document/A"),
    )
    former, found = first, [_checked(first / "nanopubs" / "A001.trig").parts.iri]
    for number in range(2):
        for source in (_edited(few, mark), few):
            later = replace(source, key=key, former=former)
            former = written(later, tmp_path / f"{number}{source is few}")
        restored = _checked(former / "nanopubs" / "A001.trig").parts
        assert restored.pubinfo.value(restored.iri, NPX.supersedes) in found
        found.append(restored.iri)

    assert len(set(found)) == 3
    last = _index(written(replace(few, key=key, former=former), tmp_path / "last"))
    assert {state for _, state, _ in last.values()} == {"kept"}


def test_what_is_gone_is_retracted(few: Source, first: Path, key: Path, tmp_path: Path) -> None:
    """A statement that the graph does not have any more is retracted too."""
    statement = expand(CHANGED)
    content = b"".join(
        line
        for line in few.content.splitlines(keepends=True)
        if not line.startswith(f"{statement.n3()} ".encode())
    )
    source = replace(few, content=content, key=key, former=first)

    assert "A001 retracts" in _index(written(source, tmp_path))


def test_only_the_same_key_can_follow(few: Source, first: Path, tmp_path: Path) -> None:
    """Without the key of the earlier export nothing is superseded or retracted."""
    with pytest.raises(UsageError, match="not at hand"):
        nanopubs(replace(few, former=first))
    with pytest.raises(UsageError, match="holds no export"):
        nanopubs(replace(few, former=tmp_path))


def test_a_spoiled_earlier_export_is_not_believed(
    few: Source, first: Path, key: Path, tmp_path: Path
) -> None:
    """An earlier export in which a file was changed ends with the name of the file."""
    there = tmp_path / "nanopubs"
    there.mkdir()
    text = (first / "nanopubs" / "A001.trig").read_bytes()
    (there / "A001.trig").write_bytes(text.replace(b"uncommon", b"common"))

    with pytest.raises(NanopubError, match=r"A001\.trig: its content"):
        nanopubs(replace(few, key=key, former=tmp_path))


def test_codes_are_codes(folder: Path) -> None:
    """Every address ends in a code of the algorithm, and the label stands in the publication."""
    for iri, _, _ in _index(folder).values():
        assert CODE.fullmatch(iri.rpartition("/")[2])
    parts = _checked(folder / "nanopubs" / "A001.trig").parts
    assert isinstance(parts.pubinfo.value(IRI(parts.iri), RDFS.label), Literal)
