"""How costs grow with the film: measures 1, 2, 4 and 7 without the others."""

import clock
import table
from measures import nothing, plan, rest, save


def measure(place):
    rows = []
    for shots in place.pick((100, 1_000, 10_000, 100_000), (100, 300)):
        folder = place.film(shots)
        runs = place.pick(7, 2)
        still = clock.in_turn({"rest": nothing.reel(place, folder)}, runs)["rest"]
        moved = clock.in_turn({"index": nothing.reel_without_rest(place, folder)}, runs)["index"]
        ready, resident, *_ = zip(*[rest.reel(place, folder, 0) for _ in range(3)])
        planned = plan.sample(place, shots, place.pick(3, 1))
        saved = save.sample(place, shots, place.pick(20, 3), by_rename=True)
        rows.append(
            [
                f"{shots:,}", table.time(clock.median(saved)), table.time(clock.p95(saved)), table.time(clock.median(still)),
                table.time(clock.median(moved)), table.time(clock.median(planned)), table.time(clock.median(ready)),
                table.megabytes(clock.median(resident))
            ])
        if shots > 10_000:
            place.drop(shots)
    return [
        table.Section(
            "How it grows",
            "Measures 1, 2, 4 and 7 of reel by the number of shots, each with a take and its sidecar. Wanted: the first column stays flat.",
            ["shots", "1. save to job", "p95", "2. status", "without the answers of last time", "4. plan of all", "7. ready after", "RSS"], rows)
    ]
