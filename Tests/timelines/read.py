"""Tells what other people's readers make of a timeline:

    .build/venv/bin/python Tests/timelines/read.py FILE [FRAMES_PER_SECOND]

One JSON object: `name`, `seconds`, `tracks` of `kind` and `items`, `markers`. Each item has `type` (clip or gap), `name`, `start` and
`length` in frames where it lies in its track, `from` (the first frame of the media), `path` (where its media lies, null for none) and what
else the format says. OpenTimelineIO reads .otio, its adapter .edl; .fcpxml is read here by the rules of the format, with fractions, and
a second time by the adapter, which knows no stills and no NTSC rates: `adapter` has its tracks where it reads the file.
"""

import json
import os
import sys
from fractions import Fraction
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree

import opentimelineio as otio


def path_of(url, folder):
    parts = urlparse(url)
    assert parts.scheme in ("", "file") and not parts.query and not parts.fragment, url
    path = unquote(parts.path)
    return path if parts.scheme else os.path.normpath(os.path.join(folder, path))


def tracks_of(timeline, folder):
    tracks = []
    for track in timeline.tracks:
        items = []
        for item in track:
            place, source = item.range_in_parent(), item.trimmed_range()
            assert place.duration == source.duration, item
            fields = {
                "type": "gap" if isinstance(item, otio.schema.Gap) else "clip",
                "name": item.name,
                "start": place.start_time.value,
                "length": place.duration.value,
                "rate": place.duration.rate,
                "from": source.start_time.value,
                "path": None,
                "metadata": plain(item.metadata),
                "markers": [marker.name for marker in item.markers],
            }
            if fields["type"] == "clip":
                reference = item.media_reference
                fields["reference"] = type(reference).__name__
                if reference.available_range is not None:
                    fields["media"] = reference.available_range.duration.value
                    assert source.end_time_exclusive() <= reference.available_range.end_time_exclusive(), "more than there is"
                if isinstance(reference, otio.schema.ExternalReference):
                    fields["url"] = reference.target_url
                    # A list has paths, the others have addresses.
                    fields["path"] = reference.target_url if reference.target_url.startswith("/") else path_of(reference.target_url, folder)
            items.append(fields)
        tracks.append({"name": track.name, "kind": track.kind, "items": items})
    return tracks


def plain(metadata):
    return json.loads(otio.core.serialize_json_to_string(metadata))


def markers_of(timeline):
    return [
        {"name": marker.name, "comment": marker.comment, "color": marker.color, "frame": marker.marked_range.start_time.value}
        for marker in timeline.tracks.markers
    ]


# Final Cut Pro refuses a whole file for an element or an attribute that its DTD does not know, so what stands in a file is held against what
# of the DTD (1.9 and 1.10) a timeline has a use for: attributes, and elements within, in their order.
TIMES = "name offset start duration"
KNOWN = {
    "fcpxml": ("version", "resources library"),
    "resources": ("", "format asset"),
    "format": ("id name frameDuration width height", ""),
    "asset": ("id name start duration hasVideo format hasAudio audioSources", "media-rep"),
    "media-rep": ("kind src", ""),
    "library": ("", "event"),
    "event": ("name", "project"),
    "project": ("name", "sequence"),
    "sequence": ("format duration tcStart tcFormat audioLayout audioRate", "spine"),
    "spine": ("", "video asset-clip gap"),
    "video": ("ref lane " + TIMES, "note asset-clip marker chapter-marker"),
    "asset-clip": ("ref lane srcEnable audioRole " + TIMES, "note asset-clip marker chapter-marker"),
    "gap": (TIMES, "note asset-clip marker chapter-marker"),
    "note": ("", ""),
    "marker": ("start duration value completed", ""),
    "chapter-marker": ("start duration value", ""),
}
ANY_ORDER = ("resources", "spine")


def check(element):
    attributes, inner = (words.split() for words in KNOWN[element.tag])
    assert set(element.attrib) <= set(attributes), (element.tag, element.attrib)
    places = [inner.index(child.tag) for child in element]
    assert element.tag in ANY_ORDER or places == sorted(places), f"{element.tag}: the format has an order"
    for child in element:
        check(child)


def fcpxml(file, folder):
    tree = ElementTree.parse(file)
    root = tree.getroot()
    check(root)
    assert root.tag == "fcpxml" and tuple(map(int, root.get("version").split("."))) >= (1, 9)
    resources = {one.get("id"): one for one in root.find("resources")}
    assert len(resources) == len(root.find("resources")), "ids that occur twice"
    (sequence,) = root.iter("sequence")
    frame = Fraction(resources[sequence.get("format")].get("frameDuration").rstrip("s"))

    def frames(text):
        assert text.endswith("s"), text
        count = Fraction(text[:-1]) / frame
        assert count.denominator == 1, f"{text} lies between two frames"
        return count.numerator

    def clip(element, start):
        asset = resources[element.get("ref")]
        (media,) = asset.findall("media-rep")
        fields = {
            "type": "clip",
            "tag": element.tag,
            "name": element.get("name"),
            "start": start,
            "length": frames(element.get("duration")),
            "from": frames(element.get("start")) - frames(asset.get("start")),
            "path": path_of(media.get("src"), folder),
            "media": asset.get("duration"),
            "format": dict(resources[asset.get("format")].attrib) if asset.get("format") else None,
        }
        if asset.get("duration") != "0s":
            assert fields["from"] + fields["length"] <= frames(asset.get("duration")), "more than there is"
        return fields

    pictures, voices, markers, at = [], [], [], 0
    for element in sequence.find("spine"):
        assert frames(element.get("offset")) == at, "a hole or an overlap"
        length = frames(element.get("duration"))
        if element.tag == "gap":
            item = {"type": "gap", "name": element.get("name"), "start": at, "length": length, "path": None}
        else:
            assert element.tag in ("video", "asset-clip")
            item = clip(element, at)
        item["note"] = element.findtext("note")
        pictures.append(item)
        for child in element.findall("asset-clip"):
            assert child.get("lane") == "-1"
            assert resources[child.get("ref")].get("hasAudio") == "1"
            voices.append(clip(child, at + frames(child.get("offset")) - frames(element.get("start"))))
        for child in [*element.findall("chapter-marker"), *element.findall("marker")]:
            markers.append({"name": child.get("value"), "kind": child.tag, "frame": at + frames(child.get("start"))})
        at += length
    assert frames(sequence.get("duration")) == at
    tracks = [{"kind": "Video", "items": pictures}] + ([{"kind": "Audio", "items": voices}] if voices else [])
    told = {"name": root.find(".//project").get("name"), "seconds": float(at * frame), "tracks": tracks, "markers": markers}
    told["tcFormat"] = sequence.get("tcFormat")
    if all(item.get("tag") != "video" for item in pictures) and frame.numerator == 1:
        (timeline,) = otio.adapters.read_from_file(file)
        told["adapter"] = tracks_of(timeline, folder)
    return told


def main():
    file = sys.argv[1]
    folder = os.path.dirname(os.path.abspath(file))
    if file.endswith(".fcpxml"):
        told = fcpxml(file, folder)
    else:
        # A list does not say its rate. The library takes no 29.97, only what it means, 30000/1001.
        rate = float(sys.argv[2]) if len(sys.argv) > 2 else 24.0
        options = {} if file.endswith(".otio") else {"rate": rate if rate.is_integer() else round(rate) * 1000 / 1001}
        timeline = otio.adapters.read_from_file(file, **options)
        told = {
            "name": timeline.name,
            "seconds": timeline.duration().to_seconds(),
            "tracks": tracks_of(timeline, folder),
            "markers": markers_of(timeline),
            "metadata": plain(timeline.metadata),
        }
        if file.endswith(".otio"):
            # What is written by their library of what it read says the same.
            again = otio.adapters.read_from_string(otio.adapters.write_to_string(timeline, "otio_json"), "otio_json")
            assert again.is_equivalent_to(timeline)
    for track in told["tracks"]:
        for item in track["items"]:
            item["exists"] = item["path"] is not None and os.path.isfile(item["path"])
    print(json.dumps(told))


main()
