"""What an operation costs in CPU, measured in a process of its own: one line of JSON on its standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Cost:
    """What a process has measured."""

    cpu_us: float
    """CPU of the whole process for one operation."""
    rate: float
    """Operations a second that it came to."""

    def tell(self) -> None:
        """To the process that asked for it."""
        print(json.dumps(asdict(self)))


def measured(module: str, *arguments: str) -> Cost:
    """What `python -m module arguments` tells."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def table(costs: dict[str, list[Cost]], unit: str) -> None:
    """Print medians, spreads, and ratios to the first."""
    first_us = median(cost.cpu_us for cost in next(iter(costs.values())))
    print(f"{'':24} {'CPU us':>8} {'spread':>15} {unit + '/s of one core':>20} {'ratio':>6}   (reached)")
    for name, found in costs.items():
        us = sorted(cost.cpu_us for cost in found)
        middle, rate = median(us), median(cost.rate for cost in found)
        spread = f"{us[0]:.0f} .. {us[-1]:.0f}"
        print(f"{name:24} {middle:8.1f} {spread:>15} {1e6 / middle:20.0f} {middle / first_us:6.2f}   ({rate:.0f}/s)")
