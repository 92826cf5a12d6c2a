"""`python -m tests.desk [kills limit groups stops hurry real | speed] [--seed N]`: a table; 1 for a broken promise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from tests.desk import speed
from tests.desk.scenarios import Plan, Run, play

PLANS = {
    "kills": Plan("6 SIGKILLs, 3 % faults each", kills=6, faults=True),
    "limit": Plan(
        "the same, 20 a minute (of 6 s)",
        kills=6,
        faults=True,
        minute_s=6.6,
        fake={"forum_rate": 20, "minute_s": 6},
        patience_s=240,
    ),
    "groups": Plan(
        "the same, all transferred to a 2nd group",
        kills=6,
        faults=True,
        transfers=True,
        minute_s=6.6,
        fake={"forum_rate": 20, "minute_s": 6},
        patience_s=240,
    ),
    "stops": Plan("3 SIGTERMs, 150 ms latency, 3 % faults", stops=3, faults=True, fake={"latency": 0.15}),
    "hurry": Plan("5 within 0.3 s, jitter 200 ms", customers=10, each=10, hurry=True, fake={"jitter": 0.2}),
    "real": Plan(
        "20 a minute, of real length",
        kills=2,
        faults=True,
        fake={"forum_rate": 20},
        patience_s=1500,
    ),
}
USUAL = ("kills", "limit", "groups", "stops", "hurry")


def share(values: Sequence[float], part: float) -> float:
    """The value below which `part` of them lie, in milliseconds."""
    ordered = sorted(values) or [0.0]
    return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def line(name: str, run: Run) -> str:
    verdict = run.verdict
    cells = [
        f"{name:<40}",
        f"{verdict.messages:>5} {len(verdict.lost):>5} {len(verdict.disordered):>6} {len(verdict.misplaced):>6}",
        f"{len(verdict.topics):>6} {verdict.replies:>5}/{len(verdict.wrong_replies):<3}",
        f"{verdict.doubles:>4}/{len(verdict.unexcused):<3}",
        f"{share(run.relay_s, 0.5):>7.0f}/{share(run.relay_s, 1):<7.0f}",
        f"{share(run.reply_s, 0.5):>6.0f}/{share(run.reply_s, 1):<6.0f}",
        f"{run.took_s:>5.0f}",
    ]
    return " ".join(cells)


HEAD = (
    f"{'run':<40} {'words':>5} {'lost':>5} {'order':>6} {'place':>6} {'topics':>6} {'reply/bad':>9} {'dbl/bad':>8} "
    f"{'relay p50/max ms':>15} {'reply p50/max':>13} {'s':>5}"
)


def measure() -> int:
    """Speed and size, against the targets."""
    with speed.assigned_desk() as (otklik, tg, forum):
        print(
            f"{'messages a second':>20} {'p50 ms':>7} {'p99 ms':>7} {'max ms':>7} {'cpu ms':>7} {'kept':>5}", flush=True
        )
        steps = [speed.stretch(otklik, tg, forum, 5, 100) for _ in range(3)]
        for step in steps:
            print(speed_line(step), flush=True)
        ramp = []
        for step in speed.ramp(otklik, tg, forum, speed.RATES):
            ramp.append(step)
            print(speed_line(step), flush=True)
        busy_mb = otklik.rss_mb()
    rest_mb = speed.rss_at_rest()
    cpu = min(step.cpu_ms for step in ramp)
    highest = max((step.rate for step in ramp if step.is_kept), default=0)
    print(f"RSS after a minute's rest {rest_mb:.0f} MB (target 120), after all this {busy_mb:.0f} MB")
    print(f"highest rate without lag {highest:.0f}/s (target 300), CPU a message from {cpu:.1f} ms (target 4)")
    return 0 if rest_mb <= 120 and highest >= 300 and cpu <= 4 else 1


def speed_line(step: speed.Step) -> str:
    p50, p99, most = (share(step.delays_s, part) for part in (0.5, 0.99, 1))
    kept = "yes" if step.is_kept else "no"
    return f"{step.rate:>20.0f} {p50:>7.1f} {p99:>7.1f} {most:>7.0f} {step.cpu_ms:>7.2f} {kept:>5}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", metavar="run", help=f"{', '.join(PLANS)}; usual: {' '.join(USUAL)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=1, help="with further seeds")
    given = parser.parse_args()
    if given.what == ["speed"]:
        return measure()
    if unknown := set(given.what) - PLANS.keys():
        parser.error(f"no such run: {', '.join(unknown)}")
    print(HEAD)
    is_good = True
    for name in given.what or USUAL:
        for seed in range(given.seed, given.seed + given.times):
            run = play(replace(PLANS[name], seed=seed))
            print(line(PLANS[name].name, run), flush=True)
            stops = f"; clean stops took {', '.join(f'{one:.1f}' for one in run.stops)} s" if run.stops else ""
            print(f"    faults {run.faults}, {run.calls} calls{stops}")
            if run.slow:
                print(f"    slow replies: {'; '.join(run.slow[:5])}")
            for violation in run.verdict.violations[:20]:
                print(f"    VIOLATED: {violation}")
            is_good &= run.verdict.is_good
    reason = "every promise kept" if is_good else "promises broken, see above"
    print(reason)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
