"""The tables of Benchmarks/RESULTS.md."""

from dataclasses import dataclass, field

import clock


@dataclass
class Section:
    """What one measure found."""

    title: str
    #: How it was measured this time, as sentences.
    told: str
    columns: list
    rows: list = field(default_factory=list)

    def text(self):
        lines = [f"## {self.title}", "", self.told, ""]
        rows = [self.columns] + [[str(cell) for cell in row] for row in self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.columns))]
        for number, row in enumerate(rows):
            cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                     for column, (cell, width) in enumerate(zip(row, widths))]
            lines.append(f"| {' | '.join(cells)} |")
            if number == 0:
                lines.append(f"|{'|'.join(('-' * (w + 2)) if c == 0 else ('-' * (w + 1) + ':') for c, w in enumerate(widths))}|")
        return "\n".join(lines) + "\n"


def time(seconds):
    """Three digits, in the unit that fits."""
    if seconds >= 10:
        return f"{seconds:.1f} s"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    milliseconds = seconds * 1000
    if milliseconds >= 100:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds:.1f} ms" if milliseconds >= 10 else f"{milliseconds:.2f} ms"


def ratio(figure, ours):
    """How many times as much as ours."""
    value = figure / ours if ours else float("inf")
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


def times(title, told, figures, ours):
    """A section of wall times: median, 95th percentile, how many runs, and the median as a multiple of ours.

    figures: name to seconds.
    """
    section = Section(title, told, ["", "median", "p95", "runs", "times reel"])
    base = clock.median(figures[ours])
    for name, seconds in figures.items():
        middle = clock.median(seconds)
        section.rows.append(
            [name, time(middle), time(clock.p95(seconds)), len(seconds), ratio(middle, base)])
    return section
