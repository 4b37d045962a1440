"""Models by the conventions of scikit-learn: parameters in, `fit`, `predict_proba`, a card out.

Owns one estimator a route. Rules: parameters are stored as given and checked by `fit`; `fit`
returns the estimator; what is learnt ends in an underscore, and what matters is `card_`, the
document everything else is read from. scikit-learn itself is not needed; what it asks of an
estimator (`clone`, `cross_val_score`, pipelines, searches) is answered.

    model = LogisticModel(seed=0).fit(X, y)      # X: mapping, frame, Arrow table or 2-D array
    model.predict_proba(X)[:, 1]                 # probability of bad, shape (rows,)
    model.points(X)                              # the score, int64, higher is better
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.fitting import fit_route, option_names, scores_of
from tallystick.modelling.metrics import auc
from tallystick.modelling.tables import Floats, MemoryTable, Table, from_arrays
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card

NOT_FITTED = Reason(
    "not_fitted",
    Text("模型还没有拟合", "the model is not fitted yet"),
    "",
    Text("请先调用 fit。", "Call fit first."),
)
NO_PROBABILITY = Reason(
    "no_probability",
    Text("这种模型不给出概率，只排序", "a model of this route ranks and states no probability"),
    "",
    Text("请用 points。", "Use points."),
)
UNEQUAL_LENGTHS = Reason(
    "unequal_lengths",
    Text("行数不同：X {rows}，y {other}", "lengths differ: X has {rows} rows, y {other}"),
)
OUTCOME_NOT_NUMBERS = Reason(
    "outcome_not_numbers",
    Text("y 须为数：1 为坏、0 为好", "y must hold numbers: 1 is bad, 0 good"),
)
UNKNOWN_PARAMETER = Reason(
    "unknown_parameter",
    Text("没有参数 {name}", "there is no parameter {name}"),
)


class Model:
    """What every estimator does. Subclasses name their route."""

    route: ClassVar[str] = ""
    card_: Card
    classes_: NDArray[np.int64]
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    def __init__(
        self,
        *,
        wishes: Mapping[str, Wish] | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.wishes = wishes
        self.seed = seed
        self.options = options

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 - the convention
        """Return the parameters by name; `deep` changes nothing."""
        del deep
        names = list(inspect.signature(type(self)).parameters)
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:  # noqa: ANN401 - the convention
        """Set parameters and return the estimator. Raises: UNKNOWN_PARAMETER."""
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise UNKNOWN_PARAMETER.error(name=name)
            setattr(self, name, value)
        return self

    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803 - the convention
        """Fit and return the estimator.

        X: a mapping of arrays, a frame of polars or pandas, an Arrow table, a 2-D array, or a
        `Table`. y: shape (rows,), 1 is bad (for the linear route any number, higher is better).
        Raises: UNEQUAL_LENGTHS, UNKNOWN_PARAMETER for an option the route does not have, and what
        the route raises.
        """
        unknown = sorted(set(self.options or {}) - option_names(self.route))
        if unknown:
            raise UNKNOWN_PARAMETER.error(name=", ".join(unknown))
        table = table_of(X)
        target = _numbers(y)
        weights = None if sample_weight is None else np.asarray(sample_weight, np.float64)
        if target.shape != (table.rows,):
            raise UNEQUAL_LENGTHS.error(rows=table.rows, other=target.shape)
        card = fit_route(
            self.route, table, target, weights, self.wishes or {}, self.seed, self.options or {}
        )
        self.card_ = card
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = len(table.names)
        self.feature_names_in_ = np.array(table.names, object)
        return self

    def points(self, X: object) -> NDArray[np.int64]:  # noqa: N803 - the convention
        """Return the scores, int64 of shape (rows,), higher is better. Raises: NOT_FITTED.

        There is no `decision_function`: by the convention it would rise with the class 1, bad.
        """
        return scores_of(self._card(), table_of(X))[0]

    def predict_proba(self, X: object) -> Floats:  # noqa: N803 - the convention
        """Return P(good), P(bad), shape (rows, 2). Raises: NOT_FITTED, NO_PROBABILITY."""
        card = self._card()
        if not card.outcome.pd_ppm:
            raise NO_PROBABILITY.error()
        bad = scores_of(card, table_of(X))[1]
        return np.column_stack([1 - bad, bad])

    def predict(self, X: object) -> NDArray[np.int64]:  # noqa: N803 - the convention
        """Return 1 (bad) where bad is the likelier, else 0; for a ranking route the scores."""
        if not self._card().outcome.pd_ppm:
            return self.points(X)
        return (self.predict_proba(X)[:, 1] > 1 / 2).astype(np.int64)

    def score(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:  # noqa: N803 - the convention
        """Return the AUC; for a ranking route Spearman's correlation, which takes no weights.

        Raises: NOT_FITTED.
        """
        target = np.asarray(y, np.float64)
        found = self.points(X)
        if self._card().outcome.pd_ppm:
            return auc(found, target, None if sample_weight is None else np.asarray(sample_weight))
        from scipy.stats import spearmanr  # noqa: PLC0415 - slow to import

        return float(spearmanr(found, target).statistic)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - a type of scikit-learn
        """Return what kind of estimator this is. Only scikit-learn asks, so that it is there."""
        asking = import_module("sklearn.utils")
        ranks = self.route == "linear"
        return asking.Tags(
            estimator_type="regressor" if ranks else "classifier",
            target_tags=asking.TargetTags(required=True),
            classifier_tags=None if ranks else asking.ClassifierTags(multi_class=False),
            regressor_tags=asking.RegressorTags() if ranks else None,
            input_tags=asking.InputTags(allow_nan=True, string=True, categorical=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether `fit` was called."""
        return hasattr(self, "card_")

    def __repr__(self) -> str:
        """Return the class with the parameters that were said."""
        usual = type(self)().get_params()
        said = {name: one for name, one in self.get_params().items() if one != usual[name]}
        return f"{type(self).__name__}({', '.join(f'{n}={one!r}' for n, one in said.items())})"

    def _card(self) -> Card:
        card: Card | None = getattr(self, "card_", None)
        if card is None:
            raise NOT_FITTED.error()
        return card


class LogisticModel(Model):
    """A scorecard by logistic regression on weights of evidence."""

    route = "logistic"


class LinearModel(Model):
    """A scorecard by linear regression, to rank by."""

    route = "linear"


class AdditiveModel(Model):
    """Boosted additive tables."""

    route = "additive"


class BoostedModel(Model):
    """Boosted trees, calibrated."""

    route = "boosted"


def _numbers(y: ArrayLike) -> Floats:
    try:
        return np.asarray(y, np.float64)
    except (TypeError, ValueError):
        raise OUTCOME_NOT_NUMBERS.error() from None


def table_of(data: object) -> Table:
    """Return what a user has as a table: see `Model.fit`."""
    if isinstance(data, MemoryTable) or (hasattr(data, "rows") and hasattr(data, "take")):
        return data  # type: ignore[return-value]  # a Table by its shape
    if isinstance(data, Mapping):
        return from_arrays(data)
    columns = getattr(data, "column_names", None) or getattr(data, "columns", None)
    if columns is not None and hasattr(data, "__getitem__"):
        return from_arrays({str(name): _array(data[name]) for name in columns})
    array = np.asarray(data)
    if array.ndim == 1:
        array = array[:, None]
    return from_arrays({f"x{at}": array[:, at] for at in range(array.shape[1])})


def _array(column: object) -> NDArray[Any]:
    if hasattr(column, "to_pylist"):  # Arrow: what is null becomes None
        values = column.to_pylist()
        kind = str(getattr(column, "type", ""))
        if kind.startswith(("int", "uint", "float", "double", "half")):
            return np.array([np.nan if one is None else one for one in values], np.float64)
        return np.array(values, object)
    return np.asarray(column)


__all__ = [
    "AdditiveModel",
    "BoostedModel",
    "LinearModel",
    "LogisticModel",
    "Model",
    "table_of",
]
