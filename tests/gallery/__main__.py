"""`python -m tests.gallery FOLDER`: the gallery of all pages, or of the part that is named."""

import multiprocessing
import shutil
import time
from pathlib import Path

import click

from registry.config import ROOT
from tests.gallery import guide, plan, report, visiting, worlds
from tests.gallery.plan import Visit
from tests.journeys import browsers


def _several(context: click.Context, parameter: click.Parameter, value: str) -> list[str]:
    """Words with commas between them."""
    return [part for part in value.split(",") if part]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path, resolve_path=True), required=False)
@click.option("--pictures", is_flag=True, help="Write the pictures of the user guides instead, into the working tree.")
@click.option("--only", callback=_several, default="", metavar="ENDPOINT,…", help="These pages.")
@click.option("--role", callback=_several, default="", metavar="ROLE,…", help="As these roles see them.")
@click.option("--state", callback=_several, default=",".join(plan.STATES), show_default=True, help="In these states.")
@click.option("--language", callback=_several, default=",".join(plan.LANGUAGES), show_default=True)
@click.option("--width", callback=_several, default=",".join(map(str, plan.WIDTHS)), show_default=True)
@click.option("--jobs", default=2, show_default=True, help="How many browsers at a time.")
@click.option(
    "--world",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    help="Keep the databases of the states in this folder, and use those that are there.",
)
def gallery(
    folder: Path | None,
    pictures: bool,
    only: list[str],
    role: list[str],
    state: list[str],
    language: list[str],
    width: list[str],
    jobs: int,
    world: Path | None,
) -> None:
    """Write pictures of every page to FOLDER, outside the working tree, with an index and a report of faults.

    Exits with 1 where a machine found a fault.
    """
    if not pictures and (folder is None or folder.is_relative_to(ROOT)):
        raise click.UsageError(f"{folder or 'no folder'} given; name one outside the working tree")
    if not browsers.found_browser():
        raise click.ClickException("no browser found: neither chromium nor chrome with the playwright package")
    if pictures or folder is None:
        click.echo("\n".join(map(str, guide.write())))
        return
    try:
        visits = list(plan.visits(endpoints=only, roles=role, states=state, languages=language))
    except KeyError as error:
        raise click.UsageError(f"no such {error.args[0]}") from error
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    worlds.stand_still()
    worlds.make(world or folder / "world", state)
    click.echo(f"{len(visits)} pages to visit; their portals stood after {time.monotonic() - began:.0f} s")
    _visit_all(world or folder / "world", folder, visits, [int(pixels) for pixels in width], jobs)
    if world is None:
        shutil.rmtree(folder / "world")
    count, faulty = report.write(folder)
    click.echo(f"{count} seen after {time.monotonic() - began:.0f} s, {faulty} with faults: {folder}/index.html")
    raise SystemExit(1 if faulty else 0)


def _visit_all(world: Path, folder: Path, visits: list[Visit], widths: list[int], jobs: int) -> None:
    """Share the visits among processes, each with its browser and its copies of the portals."""
    for old in folder.glob("findings-*.jsonl"):
        old.unlink()
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=visiting.run, args=(world, folder, str(number), share, widths))
        for number, share in enumerate(plan.shared(visits, jobs))
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise click.ClickException("a browser ended before its time; what it had seen until then is kept")


if __name__ == "__main__":
    gallery()
