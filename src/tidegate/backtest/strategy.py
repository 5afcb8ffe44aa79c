"""Strategies: ways to spend the same capacity, as a list to be read aloud."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tidegate.errors import EstimateError
from tidegate.selection import Capacity, Channel, Policy

__all__ = ["STRATEGIES", "Strategy", "chosen", "policy_of"]

LEAST_DRAW = 1e-6
"""A policy allows no random rate of zero; this draws one declaration in a million."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """How a capacity is spent.

    `draw` and `explore` are shares of the capacity: for the random draw, and for what exploration asks for. `unsure`
    is what exploration goes by: 'spread' (how far the members of the model disagree) or 'unlike' (how unsure the score
    is, times how little of the kind was opened). `optimism` is how many standard deviations of its lane's rate are
    added to a score before it is ranked (`exploration.doubt`). With `adapts`, the share of exploration follows the
    drift that is noticed (`adaptation`). What profiles and model leave unused goes to the random draw.
    """

    name: str
    label: str
    label_vi: str
    profiles: bool = False
    model: bool = False
    draw: float = 0.0
    explore: float = 0.0
    unsure: str = ""
    optimism: float = 0.0
    adapts: bool = False

    @property
    def explores(self) -> bool:
        """Whether it opens anything to learn from rather than to find."""
        return self.model and (self.draw > 0.0 or self.explore > 0.0 or self.optimism > 0.0)


STRATEGIES: tuple[Strategy, ...] = (
    Strategy("random", "Random", "Ngẫu nhiên", draw=1.0),
    Strategy("profiles", "Profiles", "Hồ sơ rủi ro", profiles=True),
    Strategy("model", "Model alone", "Chỉ mô hình", model=True),
    Strategy(
        "model+optimism",
        "Model, in doubt for what was seldom opened",
        "Mô hình, ưu tiên tuyến hàng còn ít được kiểm tra",
        model=True,
        optimism=0.5,
    ),
    Strategy("model+draw", "Model and draw", "Mô hình và lựa chọn ngẫu nhiên", model=True, draw=0.1),
    Strategy(
        "model+spread",
        "Model, draw, exploring where scores disagree",
        "Mô hình, ngẫu nhiên, thăm dò nơi mô hình chưa chắc",
        model=True,
        draw=0.1,
        explore=0.1,
        unsure="spread",
    ),
    Strategy(
        "model+unlike",
        "Model, draw, exploring what was seldom opened",
        "Mô hình, ngẫu nhiên, thăm dò loại ít được kiểm tra",
        model=True,
        draw=0.1,
        explore=0.1,
        unsure="unlike",
    ),
    Strategy(
        "adaptive",
        "Model, draw, exploring more when trade drifts",
        "Mô hình, ngẫu nhiên, tăng thăm dò khi rủi ro thay đổi",
        model=True,
        draw=0.1,
        explore=0.1,
        unsure="unlike",
        adapts=True,
    ),
)


def chosen(names: list[str] | tuple[str, ...]) -> tuple[Strategy, ...]:
    """The strategies of these names, in their order. Raises EstimateError for a name that is not there."""
    known = {strategy.name: strategy for strategy in STRATEGIES}
    for name in names:
        if name not in known:
            raise EstimateError(f"no strategy {name!r}.", where="strategies", hint=f"Choose among {', '.join(known)}.")
    return tuple(known[name] for name in names)


def policy_of(
    strategy: Strategy, capacity: float, explore: float, spare: float = 0.0, base: Policy | None = None
) -> Policy:
    """The policy that spends `capacity` (share of the declarations of each office and day, all red) by `strategy`.

    `explore` is the share for exploration now, `spare` the share of capacity that nothing else would use; it is
    drawn at random. Exemptions, tolerance and the treatment of trusted traders are those of `base`.
    """
    base = base or Policy()
    draw = min(strategy.draw + spare, 1.0) * capacity
    closed: dict[Channel, Capacity] = {"yellow": Capacity(), "blue": Capacity()}
    rules = replace(
        base.default,
        random_rate=max(draw, LEAST_DRAW),
        random_channel="red",
        exploration_share=explore,
        capacity={"red": Capacity(share=capacity), **closed},
        model={"red": 0.0} if strategy.model else {},
    )
    return Policy(default=rules, exempt=base.exempt, tolerance=base.tolerance, title=strategy.label)
