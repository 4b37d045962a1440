"""Estimators keep the conventions of scikit-learn, which does what it wants with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from tallystick.kernel.errors import TallyError
from tallystick.modelling.estimators import LinearModel, LogisticModel, table_of
from tallystick.modelling.metrics import auc

ROWS = 600


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Three columns, of which two matter, and whether a row went bad."""
    rng = np.random.default_rng(7)
    values = rng.normal(size=(ROWS, 3))
    bad = rng.random(ROWS) < 1 / (1 + np.exp(1.5 - 1.5 * values[:, 0] + values[:, 1]))
    return values, bad.astype(int)


def test_a_clone_has_the_parameters_and_nothing_learnt(data: Any) -> None:
    fitted = LogisticModel(seed=3, options={"folds": 3}).fit(*data)
    fresh = clone(fitted)
    assert fresh.get_params() == {"wishes": None, "seed": 3, "options": {"folds": 3}}
    assert not hasattr(fresh, "card_")
    assert repr(fresh) == "LogisticModel(seed=3, options={'folds': 3})"


def test_what_kind_of_estimator_each_is() -> None:
    assert is_classifier(LogisticModel())
    assert is_regressor(LinearModel())


def test_the_auc_of_scikit_learn_is_the_auc_of_the_score(data: Any) -> None:
    values, y = data
    found = cross_val_score(LogisticModel(), values, y, cv=2, scoring="roc_auc")
    own = cross_val_score(LogisticModel(), values, y, cv=2)
    assert min(found) > 0.6
    assert found == pytest.approx(own)


def test_pipelines_and_searches_run(data: Any) -> None:
    values, y = data
    made = make_pipeline(SimpleImputer(), LogisticModel()).fit(values, y)
    assert made.predict_proba(values).sum(axis=1) == pytest.approx(1)
    chosen = GridSearchCV(LogisticModel(), {"seed": [0, 1]}, cv=2).fit(values, y)
    assert chosen.best_estimator_.card_.route == "logistic"


def test_a_ranking_model_predicts_scores_and_no_probability(data: Any) -> None:
    values, _ = data
    sales = 10 * values[:, 0] + values[:, 1]
    model = LinearModel().fit(values, sales)
    assert (model.predict(values) == model.points(values)).all()
    assert model.score(values, sales) > 0.9
    with pytest.raises(TallyError) as refused:
        model.predict_proba(values)
    assert refused.value.code == "no_probability"


def test_every_form_of_table_gives_the_same_card(data: Any) -> None:
    values, y = data
    columns = {f"x{at}": values[:, at] for at in range(3)}
    forms = (values, columns, pl.DataFrame(columns), pa.table(columns), table_of(values))
    first = LogisticModel().fit(values, y).card_
    for form in forms[1:]:
        assert LogisticModel().fit(form, y).card_ == first


def test_what_is_missing_in_arrow_and_polars_is_missing(data: Any) -> None:
    values, _ = data
    holed = [None, *values[1:, 0].tolist()]
    for form in (pl.DataFrame({"a": holed}), pa.table({"a": holed})):
        found = table_of(form).column("a").values
        assert np.isnan(found[0])
        assert (found[1:] == values[1:, 0]).all()


def test_higher_points_are_better_and_less_probable_to_go_bad(data: Any) -> None:
    values, y = data
    model = LogisticModel().fit(values, y)
    order = np.argsort(model.points(values), kind="stable")
    assert (np.diff(model.predict_proba(values)[order, 1]) <= 0).all()
    assert model.score(values, y) == auc(model.points(values), y.astype(float))


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda v, _: LogisticModel().predict(v), "not_fitted"),
        (lambda v, y: LogisticModel(options={"bogus": 1}).fit(v, y), "unknown_parameter"),
        (lambda v, y: LogisticModel().fit(v, y[1:]), "unequal_lengths"),
        (lambda _v, _y: LogisticModel().set_params(bogus=1), "unknown_parameter"),
        (lambda v, y: LogisticModel().fit(v, np.where(y, "bad", "good")), "outcome_not_numbers"),
    ],
)
def test_what_is_refused(data: Any, act: Any, code: str) -> None:
    with pytest.raises(TallyError) as refused:
        act(*data)
    assert refused.value.code == code


def test_scikit_learn_knows_whether_it_is_fitted(data: Any) -> None:
    with pytest.raises(ValueError, match="not fitted"):
        check_is_fitted(LogisticModel())
    check_is_fitted(LogisticModel().fit(*data))
