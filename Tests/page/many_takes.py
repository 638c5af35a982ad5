"""Makes a film of ten thousand takes:  many_takes.py FOLDER [SHOTS] [TAKES A SHOT] [WIDTH] [same|own]

`FOLDER` gets `project.json`, sequences and takes with valid sidecars, the newest of each shot of the recipe that its text gives now. Pictures are storyboard
frames of the sample film, drawn by reel in that width. With `own` every take has bytes of its own; with `same` takes of the same picture are links.
"""

import hashlib
import json
import os
import struct
import sys
import zlib
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
A_SEQUENCE = 25
# Where the takes' times begin: a morning in November 2026.
BEGINNING = 1_795_500_000


def pictures_of(folder):
    """The takes of a film that reel has drawn: their bytes, prompts and names."""
    found = []
    for sidecar in sorted((folder / "sequences").glob("*/*.json")):
        value = json.loads(sidecar.read_text())
        prompt = value["recipe"]["prompt"].split(", film noir")[0]
        found.append((Path(str(sidecar)[:-5]).read_bytes(), prompt, value["recipe"]["shot"]["name"]))
    return found


def frames(width):
    """Frames of the sample film in that width."""
    from films import Film

    film = Film()
    try:
        project = json.loads((film.folder / "project.json").read_text())
        project["frame"] = {"width": width, "height": width * 9 // 16}
        (film.folder / "project.json").write_text(json.dumps(project))
        film.reel("make")
        return pictures_of(film.folder)
    finally:
        film.end()


def own(picture, text):
    """The same picture as another file: with a comment in it."""
    data = b"Comment\0" + text.encode()
    chunk = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    return picture[:-12] + chunk + picture[-12:]


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def write(folder, pictures, shots=250, takes=40, alike=False):
    folder = Path(folder)
    width, height = struct.unpack(">2I", pictures[0][0][16:24])
    frame = {"width": width, "height": height}
    (folder / "sequences").mkdir(parents=True)
    (folder / "project.json").write_text(json.dumps({"version": 1, "name": "A Long Film", "frame": frame, "engine": "storyboard"}, indent=2) + "\n")
    places = {}
    for first in range(0, shots, A_SEQUENCE):
        number = first // A_SEQUENCE + 1
        entries = []
        home = folder / f"sequences/sequence_{number:03}"
        home.mkdir()
        for index in range(first, min(first + A_SEQUENCE, shots)):
            picture, prompt, name = pictures[index % len(pictures)]
            shot = {"id": f"shot_{index + 1:04}", "name": name, "prompt": f"{prompt}, view {index + 1}", "duration": 3 + index % 4}
            entries.append(shot)
            for take in range(takes):
                recipe = {
                    "version": 1, "kind": "still", "engine": "storyboard", "shot": {"id": shot["id"], "name": name},
                    "prompt": shot["prompt"] + (f", attempt {takes - take}" if take else ""), "frame": frame,
                }
                shown = pictures[(index + take) % len(pictures)][0] if take else picture
                data = shown if alike else own(shown, f"{index} {take}")
                digest = hashlib.sha256(data).hexdigest()
                fingerprint = hashlib.sha256(canonical(recipe).encode()).hexdigest()
                path = home / f"{shot['id']}.still-{fingerprint[:8]}-{digest[:8]}.png"
                if alike and digest in places:
                    os.link(places[digest], path)
                else:
                    path.write_bytes(data)
                    places[digest] = path
                made = BEGINNING + (index * takes + takes - take) * 60
                sidecar = {
                    "version": 1, "kind": "still", "shot": f"sequence_{number:03}/{shot['id']}", "fingerprint": f"sha256:{fingerprint}", "recipe": recipe,
                    "output": {"sha256": digest, "bytes": len(data), "type": "image/png", **frame},
                    "engine": {"name": "storyboard", "type": "storyboard", "version": "0.1.0"},
                }
                text = path.with_name(path.name + ".json")
                text.write_text(json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n")
                if not alike:
                    os.utime(path, (made, made))
                os.utime(text, (made, made))
        value = {"id": f"sequence_{number:03}", "name": f"Chapter {number}", "order": number, "shots": entries}
        (folder / f"sequences/sequence_{number:03}.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    return folder


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    shots, takes, width = [int(word) for word in rest if word.isdigit()] + [250, 40, 192][sum(word.isdigit() for word in rest) :]
    write(place, frames(width), shots, takes, alike="same" in rest)
