"""Draws ``docs/generator-distributions.svg`` from the generator itself: ``python docs/generator_distributions.py``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from input_data_generator.options import Options  # noqa: E402  (the repository's root is on the path only now)
from input_data_generator.plan import plan_files  # noqa: E402
from input_data_generator.shards import Place, draw_shard  # noqa: E402
from input_data_generator.world import World  # noqa: E402

PICTURE = HERE / "generator-distributions.svg"

YEAR = Options(start=date(2026, 1, 1), end=date(2026, 12, 31), customers=10_000, transactions_per_day=100_000)
WIDTH, HEIGHT, MARGIN = 320, 170, 46
BLUE, GREY, INK = "#2a7ab8", "#d5d9de", "#333"


def picture() -> str:
    """Return the picture as SVG; every coordinate is a whole number, so it is the same on every machine."""
    per_day = [file.rows for file in plan_files(YEAR) if file.place]
    customers, minutes = _one_day()
    panels = [
        _days(per_day),
        _hours(np.bincount(minutes // 60, minlength=24).tolist()),
        _skew(np.sort(np.bincount(customers, minlength=YEAR.customers + 1)[1:])[::-1]),
    ]
    width, height = len(panels) * (WIDTH + MARGIN) + 20, HEIGHT + 2 * MARGIN
    inside = "".join(
        f'<g transform="translate({MARGIN + number * (WIDTH + MARGIN)},{MARGIN})">{panel}</g>\n'
        for number, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="11" fill="{INK}" role="img">\n<title>Transactions per day and hour, and the customers\' skew'
        f'</title>\n<rect width="{width}" height="{height}" fill="#fff"/>\n{inside}</svg>\n'
    )


def _one_day() -> tuple[np.ndarray, np.ndarray]:
    world, place = World(YEAR), Place(date(2026, 7, 1), 0, 1, 1_000_000)
    shards = [draw_shard(world, place, number) for number in range(place.shards)]
    return np.concatenate([shard.customer for shard in shards]), np.concatenate([shard.minute for shard in shards])


def _days(per_day: list[int]) -> str:
    top = 180_000
    points = " ".join(
        f"{WIDTH * day // len(per_day)},{HEIGHT - HEIGHT * rows // top}" for day, rows in enumerate(per_day)
    )
    months = "".join(_text(WIDTH * month // 12 + 13, HEIGHT + 16, name) for month, name in enumerate("JFMAMJJASOND"))
    levels = "".join(
        _level(HEIGHT - HEIGHT * rows // top, f"{rows // 1_000}k" if rows else "0")
        for rows in (0, 50_000, 100_000, 150_000)
    )
    line = f'<polyline points="{points}" fill="none" stroke="{BLUE}"/>'
    return _title("Transactions a day, mean 100,000") + levels + line + months


def _hours(counts: list[int]) -> str:
    top = max(counts)
    bars = "".join(
        f'<rect x="{WIDTH * hour // 24 + 1}" y="{HEIGHT - HEIGHT * count // top}" width="11" '
        f'height="{HEIGHT * count // top}" fill="{BLUE}"/>'
        for hour, count in enumerate(counts)
    )
    hours = "".join(_text(WIDTH * hour // 24 + 7, HEIGHT + 16, str(hour)) for hour in range(0, 24, 3))
    return _title("Transactions by hour of the day") + _level(HEIGHT, "") + bars + hours


def _skew(counts: np.ndarray) -> str:
    share = np.cumsum(counts) * HEIGHT // counts.sum()
    steps = range(0, YEAR.customers, YEAR.customers // 100)
    points = " ".join(f"{WIDTH * rank // YEAR.customers},{HEIGHT - int(share[rank])}" for rank in steps)
    levels = "".join(_level(HEIGHT - HEIGHT * percent // 100, f"{percent} %") for percent in (0, 50, 100))
    ranks = "".join(_text(WIDTH * percent // 100, HEIGHT + 16, f"{percent} %") for percent in (20, 50, 80, 100))
    equal = f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="0" stroke="{GREY}" stroke-dasharray="4"/>'
    curve = f'<polyline points="0,{HEIGHT} {points} {WIDTH},0" fill="none" stroke="{BLUE}" stroke-width="2"/>'
    return _title("Purchases of the most frequent customers") + levels + equal + curve + ranks


def _title(text: str) -> str:
    return f'<text x="0" y="-18" font-size="13" font-weight="bold">{text}</text>'


def _level(height: int, text: str) -> str:
    line = f'<line x1="0" y1="{height}" x2="{WIDTH}" y2="{height}" stroke="{GREY}"/>'
    return line + f'<text x="-5" y="{height + 4}" text-anchor="end">{text}</text>'


def _text(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle">{text}</text>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
