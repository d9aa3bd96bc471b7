"""newsloom dlq: messages that went no further."""

from __future__ import annotations

from typing import Annotated

import typer

from shared.cli.options import DataDir, Jsonl, feeding, print_rows, reading
from shared.cli.patience import wait_for_workers
from shared.printable import printable

app = typer.Typer(no_args_is_help=True)


def _known_stage(stage: str | None) -> str | None:
    from shared.errors import Misuse
    from shared.pipeline import STAGES

    if stage is not None and stage not in STAGES:
        raise Misuse(f"--stage {stage}: give one of {', '.join(STAGES)}")
    return stage


Stage = Annotated[str | None, typer.Option(help="Only those of this stage.", callback=_known_stage)]


@app.command("list")
def list_(stage: Stage = None, jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Those that wait, oldest first."""
    from shared.explanations import explain

    letters = reading(data_dir).letters.waiting(stage)
    if jsonl:
        print_rows(letter.model_dump(mode="json", exclude={"value", "headers"}) for letter in letters)
        return
    found = False
    for letter in letters:
        found = True
        reason = explain(letter.code, letter.error)[:120]
        print(printable(f"{letter.id}  {letter.stage:12} {letter.code:22} {letter.key}  {reason}"))
    if not found:
        print("no dead letters")


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID")], jsonl: Jsonl = False, data_dir: DataDir = None
) -> None:
    """One dead letter, whole."""
    from shared.errors import Misuse
    from shared.explanations import explain

    letter = reading(data_dir).letters.get(letter_id)
    if letter is None:
        raise Misuse(f"there is no dead letter {letter_id}: see `newsloom dlq list`")
    if jsonl:
        print_rows([letter.model_dump(mode="json")])
        return
    for name, value in letter.model_dump(mode="json", exclude={"value"}).items():
        print(printable(f"{name:10} {value}"))
    print(f"meaning    {explain(letter.code)}")
    print(printable(f"value      {letter.value[:2000].decode('utf-8', 'backslashreplace')}"))


@app.command()
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Default: all.")] = None,
    stage: Stage = None,
    data_dir: DataDir = None,
) -> None:
    """Puts dead letters back where they came from and works on them again."""
    from shared.errors import Misuse

    with feeding(data_dir) as session:
        letters = [letter for letter in session.reading.letters.waiting(stage) if not ids or letter.id in ids]
        missing = set(ids or ()) - {letter.id for letter in letters}
        if missing:
            raise Misuse(f"no dead letter waits under {', '.join(sorted(missing))}: see `newsloom dlq list`")
        replayed = session.intake.replay(letters)
        session.work()
        wait_for_workers(session)
        still = sum(1 for _ in session.reading.letters.waiting(stage))
    print(f"{replayed} replayed, {len(letters) - replayed} cannot be (they were never messages), {still} wait now")
