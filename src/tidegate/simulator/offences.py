"""The planted offences: schemes with their share of the trade, and the waves in which they come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["OPPORTUNISTS", "SCHEMES", "SCHEME_INDEX", "WAVES", "Scheme", "Wave", "open_waves", "share_at"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of offending.

    `share` is the share of all declarations that are illicit in this way, over a year; `cheat` how often a
    declaration on such a lane is illicit (the rest is cover); `lines` the chance of each further line of an illicit
    declaration; `papers` and `opened` the probability that a documentary or a physical inspection notices;
    `reactions` what a caught offender does next: moves to another route, heading (wave), company or scheme.
    """

    code: str
    offence: str
    label: str
    label_vi: str
    share: float
    cheat: float
    lines: float
    papers: float
    opened: float
    reactions: dict[str, float]
    seizure: float = 0.0


# fmt: off
SCHEMES: tuple[Scheme, ...] = (
    Scheme("undervaluation", "undervaluation",
           "Under-valuation", "Khai thấp trị giá",
           .0130, .42, .60, .55, .60, {"route": .35, "heading": .30, "company": .15, "scheme": .10}),
    Scheme("misclassification", "misclassification",
           "Neighbouring heading with a lower duty", "Khai sai mã số hàng hóa",
           .0080, .42, .50, .35, .75, {"route": .25, "heading": .50, "scheme": .15}),
    Scheme("origin_washing", "false_origin",
           "Origin washed to evade anti-dumping duty", "Gian lận xuất xứ, lẩn tránh thuế chống bán phá giá",
           .0040, .45, .80, .45, .45, {"route": .50, "heading": .30, "company": .20}),
    Scheme("phoenix", "undervaluation",
           "Phoenix importer", "Doanh nghiệp ma tái lập",
           .0040, .50, .65, .50, .60, {"company": 1.0}),
    Scheme("wildlife", "wildlife",
           "Wildlife hidden in timber, shells and waste", "Buôn lậu động vật hoang dã",
           .0015, .40, .05, .02, .70, {"route": .40, "heading": .30, "company": .30}, seizure=60_000),
    Scheme("counterfeit", "counterfeit",
           "Counterfeits through free zones", "Hàng giả qua khu phi thuế quan",
           .0030, .42, .55, .08, .80, {"route": .40, "heading": .40, "scheme": .10}, seizure=9_000),
    Scheme("splitting", "splitting",
           "Consignments split below de minimis", "Chia nhỏ lô hàng dưới ngưỡng miễn thuế",
           .0030, .60, .90, .50, .50, {"route": .30, "heading": .30, "company": .40}),
    Scheme("narcotics", "narcotics",
           "Drugs in produce", "Ma túy giấu trong nông sản",
           .0010, .35, .02, .02, .65, {"route": .30, "heading": .40, "company": .30}, seizure=250_000),
    Scheme("blind_office", "undervaluation",
           "Broker never found with anything at one office", "Đại lý không bao giờ bị phát hiện tại một chi cục",
           .0030, .45, .65, .0, .0, {}),
)
# fmt: on
SCHEME_INDEX: dict[str, int] = {scheme.code: index for index, scheme in enumerate(SCHEMES)}
# Share of ordinary declarations in which a trader without a ring under-values: on cheap lanes, and on others.
OPPORTUNISTS = (0.08, 0.001)


# For this part of the span a wave is new, and draws more offenders.
FRESH = 0.15


@dataclass(frozen=True, slots=True)
class Wave:
    """One concrete form of a scheme: goods, route and traces, between two moments of the simulated span (0 to 1).

    `true` are the goods inside where they differ from those `declared`; `source` is the true origin. `dispatch`
    names the usual place of dispatch, with a second one after a comma. `price` and `mass` are mean shifts of the
    logarithms of declared unit price and net mass, `packing` of the mass of a package. `host` is n: a new company,
    s: an established small one, l: an established large one. `pull` is how many rings it draws against others of the
    scheme. `dumping` is the anti-dumping duty evaded, percent.
    """

    scheme: int
    declared: tuple[str, ...]
    true: tuple[str, ...]
    source: str
    origin: str
    dispatch: tuple[str, ...]
    mode: str
    opens: float
    closes: float
    pull: float
    price: float
    mass: float
    packing: float
    host: str
    vague: float
    dumping: float


# scheme | declared | true | source | origin | dispatch | mode | opens-closes (xpull) |
# price | mass | packing | host | vague | dumping
TABLE = """
undervaluation|610910,620342,620462,611030||CN|CN|CN|3|0-.35|-.65|0|0|s|.15|0
undervaluation|330499,330420||KR|KR|KR,HK|4|0-.3|-.75|0|0|n|.15|0
undervaluation|940360,940511,940320||CN|CN|CN|1|0-.4|-.6|0|0|s|.1|0
undervaluation|401110,401120||TH|TH|TH|1|0-.3|-.5|0|0|s|.05|0
undervaluation|220830,220421||GB|GB|SG,GB|1|.05-.4|-.65|0|0|n|.1|0
undervaluation|870899,870829||TH|TH|TH|1|.25-.55|-.3|0|.3|s|.2|0
undervaluation|020714,020329,020230||US|US|US|1|.33-1x6|0|-.5|-.5|l|.02|0
undervaluation|392410,732393,691110||CN|CN|CN|1|.4-1x3|0|-.55|-.5|l|.05|0
undervaluation|851822,851660,850431||CN|CN|HK|1|.5-1x6|-.15|0|.55|l|.05|0
undervaluation|950300,871200||CN|CN|CN|3|.65-1|0|-.55|-.5|s|.1|0
undervaluation|300490,210690||IN|IN|SG|4|.6-1|-.3|0|.4|l|.05|0
misclassification|392690|420222|CN|CN|CN|1|0-.3|0|0|0|s|.3|0
misclassification|730890|732393|CN|CN|CN|1|0-.35|0|0|0|s|.25|0
misclassification|640690|640411|CN|CN|CN|3|0-.4|0|0|0|s|.2|0
misclassification|870829|871410|TH|TH|TH|1|.2-.5|0|0|0|s|.2|0
misclassification|210690|180631|MY|MY|MY|1|.25-.55|0|0|0|n|.2|0
misclassification|722530|721070|CN|CN|CN|1|.33-1x5|0|0|0|l|.1|0
misclassification|551219|610910|CN|CN|CN|3|.4-.75|0|0|0|s|.25|0
misclassification|850440|940511|CN|CN|CN|1|.5-1x5|0|0|0|l|.15|0
misclassification|847989|841510|TH|TH|TH|1|.6-1|0|0|0|l|.2|0
misclassification|382499|320890|KR|KR|KR|1|.65-1|0|0|0|s|.3|0
origin_washing|721049||CN|MY|MY,CN|1|0-.35|-.08|0|0|n|0|25
origin_washing|760421||CN|TH|TH,CN|1|0-.3|-.08|0|0|s|0|20
origin_washing|392020||CN|ID|ID,SG|1|0-.4|-.06|0|0|s|0|18
origin_washing|170199||TH|KH|KH|3|0-.35|-.06|0|0|n|0|47
origin_washing|292242||CN|MY|MY,CN|1|.2-.5|-.08|0|0|s|0|22
origin_washing|831110||CN|TH|TH,CN|1|.3-.6|-.1|0|0|n|0|25
origin_washing|721633||CN|KR|KR,CN|1|.33-1x3|-.1|0|0|l|0|20
origin_washing|540247||CN|TH|TH,SG|1|.5-1|-.06|0|0|l|0|15
origin_washing|170199||TH|LA|LA|3|.6-1|-.06|0|0|n|0|47
origin_washing|721070||CN|MY|MY,SG|1|.5-1x3|-.1|0|0|l|0|28
phoenix|420222,640419||CN|CN|CN|3|0-.4|-.5|0|0|n|.15|0
phoenix|940320,940511||CN|CN|CN|1|0-.35|-.5|0|0|n|.1|0
phoenix|330499,340130||KR|KR|KR|1|.25-.6|-.25|0|-.4|n|.1|0
phoenix|851822,851310||CN|CN|CN|1|.45-1|-.15|-.4|-.4|n|.1|0
phoenix|870899||JP|JP|JP|1|.6-1|-.2|0|.45|n|.2|0
wildlife|440399,440349||CM|CM|MY,CM|1|0-.35|-.2|0|.15|n|.1|0
wildlife|440729||GA|GA|SG,GA|1|0-.4|-.2|0|.25|s|.1|0
wildlife|050800||NG|NG|SG,NG|1|.2-.5|-.3|0|.3|n|.15|0
wildlife|140490||NG|NG|MY,NG|1|.35-.75|-.25|0|.3|n|.2|0
wildlife|391590,391510||NG|NG|AE,NG|1|.5-1|-.2|0|.35|s|.2|0
wildlife|470710||ZA|ZA|ZA|1|.65-1|-.2|0|.3|s|.05|0
counterfeit|640411,610910||CN|CN|HK|4|0-.3|-.6|0|0|s|.3|0
counterfeit|420221,900410||CN|CN|HK|4|0-.4|-.8|0|0|n|.3|0
counterfeit|851830,850760||CN|CN|SG|4|.2-.5|-.6|0|.2|s|.25|0
counterfeit|910211||CN|CN|AE|4|.33-1x3|-.3|0|0|n|.2|0
counterfeit|330300||CN|CN|AE|1|.45-.8|-.55|0|0|s|.2|0
counterfeit|300490||IN|IN|AE,SG|4|.6-1|-.4|0|.35|s|.1|0
counterfeit|870899,848210||CN|CN|SG|1|.65-1|-.4|0|.3|l|.1|0
splitting|851830,900410||CN|CN|CN|5|0-.45|0|0|0|n|.3|0
splitting|610910,620462||CN|CN|HK|5|0-.4|0|0|0|n|.3|0
splitting|330499,330420||KR|KR|KR|5|.3-.75|0|0|0|n|.2|0
splitting|210690||US|US|US|5|.55-1|0|0|0|n|.2|0
narcotics|080390||EC|EC|EC|1|0-.4|-.1|0|.2|n|.05|0
narcotics|080430||CR|CR|CR|1|.2-.55|-.1|0|.2|n|.05|0
narcotics|090111||BR|BR|BR,NL|1|.3-.7|0|0|.2|s|.05|0
narcotics|080440||CO|CO|CO|1|.5-1|-.1|0|.25|n|.05|0
narcotics|030617||EC|EC|EC|1|.65-1|0|0|.2|s|.05|0
blind_office|950300,392640||CN|CN|CN|1|0-1|-.55|0|0|s|.1|0
blind_office|392690|420222|CN|CN|CN|1|0-.5|-.1|0|0|s|.3|0
blind_office|940360,830210||CN|CN|CN|1|.4-1|-.5|0|0|s|.1|0
"""


def parse(row: str) -> Wave:
    """Return the wave that one row of the table describes."""
    scheme, declared, true, source, origin, dispatch, mode, window, *numbers = row.split("|")
    price, mass, packing, host, vague, dumping = numbers
    window, _, pull = window.partition("x")
    opens, closes = window.split("-")
    return Wave(
        scheme=SCHEME_INDEX[scheme],
        declared=tuple(declared.split(",")),
        true=tuple(true.split(",")) if true else (),
        source=source,
        origin=origin,
        dispatch=tuple(dispatch.split(",")),
        mode=mode,
        opens=float(opens),
        closes=float(closes),
        pull=float(pull or 1),
        price=float(price),
        mass=float(mass),
        packing=float(packing),
        host=host,
        vague=float(vague),
        dumping=float(dumping),
    )


WAVES: tuple[Wave, ...] = tuple(parse(row) for row in TABLE.strip().splitlines())


def open_waves(moment: float) -> NDArray[np.float64]:
    """Return how strongly each wave draws offenders at `moment` (0 to 1): not where closed, threefold where fresh."""
    opened = np.array([wave.opens <= moment <= wave.closes for wave in WAVES])
    fresh = np.array([0 < wave.opens > moment - FRESH for wave in WAVES])
    return np.asarray(np.array([wave.pull for wave in WAVES]) * opened * np.where(fresh, 3.0, 1.0))


def share_at(moment: float) -> NDArray[np.float64]:
    """Return the share of declarations illicit by each scheme at `moment`: more waves open, more of the scheme.

    The mean over the span is the scheme's own share.
    """
    spans, now = np.zeros(len(SCHEMES)), np.zeros(len(SCHEMES))
    for wave in WAVES:
        spans[wave.scheme] += wave.pull * (wave.closes - wave.opens)
        now[wave.scheme] += wave.pull * (wave.opens <= moment <= wave.closes)
    return np.array([scheme.share for scheme in SCHEMES]) * now / spans
