"""`kg review`: what reviewers decided, from their sheet into the ontology."""

from __future__ import annotations

import click

from kg.cli.common import read_text, write
from kg.cli.desk import ONTOLOGY, ontology_folder
from kg.show.words import count


@click.group(short_help="Take over what clinicians decided on rules and background.")
def review() -> None:
    """Take over what clinicians decided on rules and background statements.

    \b
    kg report review --format csv > sheet.csv    what there is to judge, with its evidence
    kg review import sheet.csv                   the decisions, into ontology/reviews.ttl

    In between a clinician fills in the columns decision (accepted, to-be-changed or rejected),
    comment, reviewer (an ORCID iD) and date (YYYY-MM-DD).
    """  # noqa: D301 - click wants the character itself


@review.command("import")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--reviewer",
    default="",
    metavar="ORCID",
    help="Whose decisions they are, where the sheet does not say.",
)
@click.option(
    "--date",
    "day",
    default="",
    metavar="DAY",
    help="When they were made, where the sheet does not say.",
)
@ONTOLOGY
def import_(file: str, reviewer: str, day: str, ontology: str | None) -> None:
    """Write the decisions of a sheet into the ontology; all of them, or none.

    Lines without a decision are left alone, and so is what was taken over before.
    """
    from kg.curate.review import FILE, import_sheet
    from kg.curate.sources.writing import check_writable, write_all

    folder = check_writable(ontology_folder(ontology))
    text, added = import_sheet(folder, read_text(file), reviewer=reviewer, day=day)
    if added:
        write_all({folder / FILE: text})
    write(f"{folder / FILE}: {count(added, 'new review')}.\n")
