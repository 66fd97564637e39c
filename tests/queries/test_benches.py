"""The bench has the same facts as the ranking: as the round is set, it puts everybody where the ranking does."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.db import Database
from registry.domain import selection
from registry.domain.vocabulary import Result
from registry.domain.whatif.bench import Bench
from registry.models import RoundCategory
from registry.queries import benches, decisions
from tests.world import MOMENT


def opened():
    """Return the query for every category of an opened round."""
    query = select(RoundCategory).where(RoundCategory.pinned_digest.is_not(None)).order_by(RoundCategory.id)
    return query.options(joinedload(RoundCategory.criteria_version, innerjoin=True))


def test_as_the_round_is_set_the_bench_ranks_the_demonstration_as_the_ranking_page_does(world_database: Database):
    ranked = 0
    with world_database.reading() as session:
        for where in session.scalars(opened()):
            ranking = decisions.ranking(session, where, at=MOMENT)
            found = benches.of(session, where, at=MOMENT)
            assert found.free == ranking.free
            if not ranking.lines:
                continue
            outcome = found.outcome(found.base)
            assert list(outcome.order) == [line.application.id for line in ranking.lines if line.row.rank]
            selected = {line.application.id for line in ranking.lines if line.row.result is Result.SELECTED}
            assert outcome.selected == selected
            rows = selection.rank(found.bench.candidates(found.base), ranking.places, ranking.reserve, found.base.rules)
            assert rows.rows == tuple(line.row for line in ranking.lines)
            ranked += len(ranking.lines)
    assert ranked > 0


def test_every_total_of_the_demonstration_that_was_kept_comes_out_of_the_bench(world_database: Database):
    compared = 0
    with world_database.reading() as session:
        for where in session.scalars(opened()):
            found = benches.of(session, where, at=MOMENT)
            newest = decisions.latest_evaluations(session, [one.key for one in found.frozen.applications])
            if not newest:
                continue
            figures = Bench(found.frozen).outcome(found.base).figures
            kept = {key: row.total for key, row in newest.items()}
            assert {key: figures[key] for key in kept} == kept
            compared += len(kept)
    assert compared > 20
