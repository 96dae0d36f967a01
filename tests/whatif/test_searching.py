"""The search on functions whose best point is known: several tops, a limit, noise, whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.whatif.levers import Lever, Point, Space
from cxsim.whatif.region import find_region
from cxsim.whatif.searching import Searcher, SurfaceSearch, Told, ranked


def searched(
    worth: Callable[..., float], space: Space, n: int, seed: int, *, breaks: Callable[..., float] | None = None,
    searcher: Searcher | None = None,
) -> list[Told]:
    """All points a search tries, four at a time."""
    search = searcher or SurfaceSearch(space, np.random.default_rng(seed), 2 * len(space) + 4)
    told: list[Told] = []
    while len(told) < n:
        asked = search.ask(4)
        if not asked:
            break
        told += [Told(p, worth(*p), (breaks(*p),) if breaks else ()) for p in asked]
        search.tell(told)
    return told


def branin(x: float, y: float) -> float:
    """Branin's function turned over: three tops of -0.397887 (Dixon & Szego 1978), lowest about -308."""
    inner = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return -(inner**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


BRANIN = Space((Lever("x", -5, 10), Lever("y", 0, 15)))
SQUARE = Space((Lever("x", 0, 1), Lever("y", 0, 1)))


@pytest.mark.parametrize("seed", range(4))
def test_search_comes_near_a_top_of_branins_function(seed: int):
    best = ranked(searched(branin, BRANIN, 48, seed))[0]
    assert -0.397887 - 0.6 <= best.worth <= -0.397887 + 1e-6
    tops = [(-math.pi, 12.275), (math.pi, 2.275), (9.42478, 2.475)]
    assert min(math.dist(best.point, top) for top in tops) < 0.8


def test_search_beats_as_many_random_points():
    """The median of five searches against that of random points of the same number."""
    rng = np.random.default_rng(4)
    found = [ranked(searched(branin, BRANIN, 40, seed))[0].worth for seed in range(5)]
    drawn = [max(branin(*p) for p in BRANIN.points(rng.random((40, 2)))) for _ in range(5)]
    assert np.median(found) > np.median(drawn) + 0.4


@pytest.mark.parametrize("seed", range(3))
def test_search_finds_the_best_point_on_the_edge_of_a_limit(seed: int):
    """x + 2 y on the unit disc is largest at (1, 2) / sqrt(5), where it is sqrt(5)."""
    told = searched(lambda x, y: x + 2 * y, SQUARE, 40, seed, breaks=lambda x, y: x * x + y * y - 1.0)
    best = ranked(told)[0]
    assert best.is_kept and math.sqrt(5) - 0.02 < best.worth <= math.sqrt(5) + 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_search_finds_the_top_through_noise(seed: int):
    """Four levers, top at 0.3 each; noise of a tenth of the range of the function."""
    noise = np.random.default_rng([seed, 1])
    space = Space(tuple(Lever(f"x{k}", 0, 1) for k in range(4)))

    def truth(*x: float) -> float:
        return -sum((v - 0.3) ** 2 for v in x)

    told = searched(lambda *x: truth(*x) + 0.02 * noise.standard_normal(), space, 60, seed)
    assert truth(*ranked(told)[0].point) > -0.05  # Of 60 random points the best is usually near -0.1.


def test_every_combination_is_tried_once_and_then_no_more():
    space = Space((Lever("n", 0, 3, is_whole=True), Lever("kind", choices=("a", "b"))))
    told = searched(lambda n, kind: n * (2.0 if kind == "b" else 1.0), space, 50, 0)
    assert len(told) == 8 and len({one.point for one in told}) == 8
    assert ranked(told)[0].point == (3, "b")


def test_same_luck_and_answers_give_the_same_points():
    first, again, other = (
        [one.point for one in searched(branin, BRANIN, 24, seed)] for seed in (7, 7, 8))
    assert first == again != other


def test_baseline_is_tried_first():
    space = Space((Lever("x", 0, 1, baseline=0.4), Lever("y", 0, 1, baseline=0.7)))
    assert SurfaceSearch(space, np.random.default_rng(0), 6).ask(2)[0] == (0.4, 0.7)


def test_point_that_cannot_be_lived_stops_nothing():
    def worth(x: float, y: float) -> float:
        return float("nan") if x > 0.5 else x + y

    best = ranked(searched(worth, SQUARE, 32, 1))[0]
    assert best.point[0] <= 0.5 and best.worth > 1.35  # The best that can be lived is 1.5.


def test_region_of_a_bowl_is_as_wide_as_its_radius():
    """Worth 1 - (x - .4)^2 - 4 (y - .5)^2: within .04 of the top, x may move by .2 and y by .1; part pi r s."""
    grid = [(x / 10, y / 10) for x in range(11) for y in range(11)]
    told = [Told(p, 1.0 - (p[0] - 0.4) ** 2 - 4 * (p[1] - 0.5) ** 2) for p in grid]
    region = find_region(SQUARE, told, (0.4, 0.5), 0.04)
    x, y = region.levers.rows()
    for row, middle, radius in ((x, 0.4, 0.2), (y, 0.5, 0.1)):
        for low, high in (("low", "high"), ("alone_low", "alone_high")):
            assert row[low] == pytest.approx(middle - radius, abs=0.02)
            assert row[high] == pytest.approx(middle + radius, abs=0.02)
    assert region.share == pytest.approx(math.pi * 0.2 * 0.1, rel=0.05)
    assert len(region.trade_offs) == 0
    assert y["matters"] == pytest.approx(1.0, abs=0.35)  # 4 * .5^2, where the cut-off surface still shows it.


def test_cliff_below_a_flat_top_is_no_part_of_the_region():
    """Worth is within 10 everywhere but on n = 2, where it is 5,500 less; what cannot be told apart is 200."""
    space = Space((Lever("n", 0, 2, is_whole=True), Lever("x", 0, 1)))
    told = [Told((n, k / 8), 10 * (k / 8) - (5500.0 if n == 2 else 0.0)) for n in range(3) for k in range(9)]
    region = find_region(space, told, (0, 1.0), 200.0)
    n, x = region.levers.rows()
    assert (n["alone_high"], n["high"]) == (1, 1) and (x["alone_low"], x["alone_high"]) == (0.0, 1.0)
    assert region.share == pytest.approx(2 / 3, abs=0.03)
    assert n["is_more"] and 600 < n["matters"] < 5500 and not x["is_more"] and x["matters"] < 200


def test_settings_that_contradict_belong_to_no_region():
    """Two scenarios alone are worth 1 each; both at once cannot be lived, and are not offered."""
    space = Space(tuple(Lever(name, choices=(False, True), baseline=False) for name in ("a", "b", "c")))
    told = [Told(p, float(p[0] or p[1])) for p in space.everything() if not (p[0] and p[1])]
    region = find_region(space, told, (True, False, False), 0.1, apart=[(0, 1)])
    a, b, _ = region.levers.rows()
    assert (a["alone"], b["alone"], b["together"]) == ("true", "false", "false, true")
    assert region.n_settings == 6 and region.share == pytest.approx(4 / 6)


def test_lever_that_does_nothing_may_be_anywhere():
    grid = [(x / 6, y / 6) for x in range(7) for y in range(7)]
    told = [Told(p, -((p[0] - 0.5) ** 2)) for p in grid]
    idle = list(find_region(SQUARE, told, (0.5, 0.5), 0.01).levers.rows())[1]
    assert (idle["alone_low"], idle["alone_high"]) == (0.0, 1.0) and idle["matters"] < 0.01


@pytest.mark.parametrize(("make", "told"), [
    (lambda: Lever("k", 2.0, 1.0), "they are reversed"),
    (lambda: Lever("k", 1.0, 1.0), "there is nothing to choose"),
    (lambda: Lever("k", 0.0, math.inf), "must be finite"),
    (lambda: Lever("k", 0.5, 3, is_whole=True), "must be whole"),
    (lambda: Lever("k", choices=("a",)), "two or more"),
    (lambda: Space(()), "there is no lever"),
    (lambda: Space((Lever("k"), Lever("k"))), "named twice"),
])
def test_levers_that_cannot_be_moved_are_refused(make: Callable[[], object], told: str):
    with pytest.raises(CxsimError, match=told):
        make()


def optuna_search(space: Space, seed: int, n_limits: int = 0) -> Searcher:
    pytest.importorskip("optuna")
    from cxsim.whatif.optuna_search import OptunaSearch

    return OptunaSearch(space, np.random.default_rng(seed), 8, n_limits=n_limits)


def test_optuna_comes_near_a_top_and_keeps_a_limit():
    best = ranked(searched(branin, BRANIN, 60, 0, searcher=optuna_search(BRANIN, 0)))[0]
    assert best.worth > -3.0
    told = searched(lambda x, y: x + 2 * y, SQUARE, 48, 0, breaks=lambda x, y: x * x + y * y - 1.0,
                    searcher=optuna_search(SQUARE, 0, n_limits=1))
    assert ranked(told)[0].is_kept and ranked(told)[0].worth > math.sqrt(5) - 0.1


def test_optuna_with_the_same_luck_asks_the_same():
    first, again = ([one.point for one in searched(branin, BRANIN, 24, 0, searcher=optuna_search(BRANIN, 5))]
                    for _ in range(2))
    assert first == again


def test_without_optuna_the_cure_is_told(monkeypatch: pytest.MonkeyPatch):
    from cxsim.whatif.optuna_search import OptunaSearch

    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(CxsimError, match=r"pip install 'cxsim\[opt\]', or set optimize.search=scipy"):
        OptunaSearch(SQUARE, np.random.default_rng(0), 4)


def test_values_between_bounds_are_such_as_one_would_set():
    lever = Lever("loyalty.earn_rate", 0.0, 0.06)
    points: list[Point] = [(lever.value(u),) for u in np.random.default_rng(0).random(50)]
    assert all(len(f"{p[0]:g}") <= 7 and lever.allows(p[0]) for p in points)
