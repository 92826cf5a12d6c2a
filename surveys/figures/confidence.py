"""How sure a figure is: intervals at 95 per cent, and when there are too few answers to give one."""

from __future__ import annotations

from math import sqrt

ENOUGH = 10  # answers; below this a score is an anecdote and is shown as "too few answers"
_Z = 1.959964
# Student's t, two-sided 95 %, by degrees of freedom 1 to 30 (any table of the distribution)
_T = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)

Interval = tuple[float, float]


def is_enough(count: int) -> bool:
    """Whether `count` answers make a figure worth showing."""
    return count >= ENOUGH


def wilson(part: int, whole: int) -> Interval | None:
    """Interval of a share, in per cent.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson, "Probable Inference, the Law of Succession, and
    Statistical Inference", Journal of the American Statistical Association 22 (1927).
    Example: 8 of 10: p = 0.8, centre (0.8 + 0.192) / 1.384 = 0.717, half-width 0.227: 49.0 to 94.3 per cent.
    """
    if not whole:
        return None
    p, square = part / whole, _Z * _Z
    spread = _Z * sqrt(p * (1 - p) / whole + square / (4 * whole * whole))
    centre, scale = p + square / (2 * whole), 1 + square / whole
    low = 100 * (centre - spread) / scale if part else 0.0
    return low, 100 * (centre + spread) / scale if part < whole else 100.0


def of_mean(count: int, total: float, squares: float, lowest: float, highest: float) -> Interval | None:
    """Interval of a mean by Student's t, kept within the scale; None for fewer than two answers.

    mean ± t(n-1) · s / √n, from the number of answers, their sum and the sum of their squares.
    Source: Student, "The Probable Error of a Mean", Biometrika 6 (1908).
    Example: 5, 4, 5, 2: mean 4, s² = (70 - 64) / 3 = 2, t(3) = 3.1824: 4 ± 3.1824 · 1.4142 / 2 = 1.75 to 6.25,
    on a scale up to 5: 1.75 to 5.
    """
    if count < 2:
        return None
    average = total / count
    variance = max(0.0, (squares - total * total / count) / (count - 1))
    half = _student(count - 1) * sqrt(variance / count)
    return max(lowest, average - half), min(highest, average + half)


def of_nps(promoters: int, detractors: int, answers: int) -> Interval | None:
    """Interval of a net promoter score: each answer counts +1, 0 or -1.

    Half-width 100 z √((p + d - (p - d)²) / n) with the shares p and d.
    Source: Rocks, "Interval Estimation for the Net Promoter Score", The American Statistician 70 (2016), the Wald form.
    Example: 50 promoters and 20 detractors of 100: √((0.7 - 0.09) / 100) = 0.0781, 30 ± 15.3.
    """
    if answers < 2:
        return None
    p, d = promoters / answers, detractors / answers
    half = 100 * _Z * sqrt(max(0.0, p + d - (p - d) ** 2) / answers)
    score = 100 * (p - d)
    return max(-100.0, score - half), min(100.0, score + half)


def _student(freedom: int) -> float:
    if freedom <= len(_T):
        return _T[freedom - 1]
    cube, fifth = _Z**3, _Z**5
    return _Z + (cube + _Z) / (4 * freedom) + (5 * fifth + 16 * cube + 3 * _Z) / (96 * freedom * freedom)
