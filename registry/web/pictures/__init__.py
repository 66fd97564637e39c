"""The pictures of the pages: what each is called and says in words, drawn for wide and for narrow pages."""

from flask import Flask

from registry.rendering.pictures import curves as shapes_of_curves
from registry.rendering.pictures import weights as shapes_of_weights
from registry.web.pictures import curves, places, rankings, scores


def init_app(app: Flask) -> None:
    """Give the templates the pictures."""
    app.jinja_env.globals.update(
        score_picture=scores.of_score,
        own_score_picture=scores.of_own,
        frozen_picture=scores.of_result,
        curve_picture=curves.of_curve,
        my_curve=curves.with_mine,
        weights_picture=curves.of_weights,
        ranking_picture=rankings.of_ranking,
        selection_picture=rankings.of_selection,
        places_picture=places.of_places,
        limits_picture=places.of_limits,
        division_picture=places.of_division,
        kind_swatch=shapes_of_weights.swatch,
        anchor_sign=shapes_of_curves.sign,
    )
