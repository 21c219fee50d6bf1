"""What measures print: one line a round, then the medians."""

import statistics
from collections.abc import Sequence


def show(title: str, heads: tuple[str, str], rounds: Sequence[tuple[float, float]]) -> None:
    """A table of (ours, reference) in documents a second, and the ratio of each round."""
    print(f"\n{title}")
    print(f"  {'tour':>4}  {heads[0]:>12}  {heads[1]:>12}  {'rapport':>8}")
    for number, (ours, reference) in enumerate(rounds, 1):
        print(f"  {number:>4}  {ours:>10.0f}/s  {reference:>10.0f}/s  {ours / reference:>8.2f}")
    ratios = sorted(ours / reference for ours, reference in rounds)
    ours, reference = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"  {'méd.':>4}  {ours:>10.0f}/s  {reference:>10.0f}/s  {statistics.median(ratios):>8.2f}", end="")
    print(f"   (de {ratios[0]:.2f} à {ratios[-1]:.2f})")
