"""The measures by their names on the command line; the order is that in which they run and stand in the results."""

from measures import growth, hashing, index, job, json_text, loss, nothing, page, pictures, plan, rest, save, start, workers

ALL = {
    # First, as the film that it makes is the one that others look at.
    "5": job,
    "2": nothing,
    "3": index,
    "4": plan,
    "6": workers,
    "7": rest,
    # After those that count takes, as it makes some more.
    "1": save,
    "10": page,
    "8": json_text,
    "9": pictures,
    "11": start,
    "12": loss,
    "13": hashing,
    "growth": growth,
}
