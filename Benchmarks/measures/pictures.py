"""9. Frames and thumbnails."""

import os
import shutil

import clock
import table
from place import BENCH, SAMPLE


def frame_of_convert(place, folder, first, second, out):
    """A frame as a person would have ImageMagick draw one: two pictures side by side below a heading, a border, the prompt below."""
    def work():
        return place.run(
            "convert", "-size", "1280x720", "xc:#f4f1ea",
            "(", first, "-resize", "590x430^", "-gravity", "center", "-extent", "590x430", ")", "-gravity", "northwest",
            "-geometry", "+40+90", "-composite",
            "(", second, "-resize", "590x430^", "-gravity", "center", "-extent", "590x430", ")", "-gravity", "northwest",
            "-geometry", "+650+90", "-composite",
            "-fill", "none", "-stroke", "#333333", "-strokewidth", "3", "-draw", "rectangle 40,90 1240,520",
            "-draw", "line 640,305 760,305", "-stroke", "none", "-fill", "#222222",
            "-font", "Noto-Sans-Regular", "-pointsize", "34", "-annotate", "+40+30", "shot_001  Harbour at dawn",
            "(", "-background", "none", "-size", "1200x150", "-pointsize", "28",
            "caption:a small harbour at dawn, fog over the wet pier, frame 1", ")", "-geometry", "+40+545", "-composite",
            # As reel's: eight bits are enough for a frame, and half the work.
            "-depth", "8", out, cwd=folder).seconds

    return work


def frames(place):
    count, runs = place.pick(40, 4), place.pick(7, 2)
    folder = place.folder("frames")
    (folder / "inbox").mkdir(parents=True)
    shutil.copyfile(SAMPLE / "project.json", folder / "project.json")
    for name in ("harbour.jpg", "storm.jpg"):
        shutil.copyfile(SAMPLE / "inbox" / name, folder / "inbox" / name)
    out = folder / "frame.png"
    # Two for each frame, the first one too, alike but for what stands behind the end of the file: to reel another content is another picture.
    others = place.folder("frames-others")
    (others / "inbox").mkdir(parents=True)
    shutil.copyfile(SAMPLE / "project.json", others / "project.json")
    for number in range(2 * (count + 1)):
        picture = SAMPLE / "inbox" / ("harbour.jpg", "storm.jpg")[number % 2]
        (others / "inbox" / f"picture_{number:03}.jpg").write_bytes(picture.read_bytes() + b"%d" % number)

    def reel(folder):
        answer = place.answer(BENCH, "frames", count, folder)
        return answer["seconds"] / answer["frames"]

    figures = clock.in_turn(
        {
            "reel": lambda: reel(folder),
            "reel, other pictures in each frame": lambda: reel(others),
            "ImageMagick": frame_of_convert(place, folder, folder / "inbox/harbour.jpg", folder / "inbox/storm.jpg", out),
            "ImageMagick, start and end alone": lambda: place.run("convert", "-size", "1x1", "xc:white", "null:").seconds,
        }, runs)
    if not out.stat().st_size:
        raise RuntimeError("ImageMagick drew no frame")
    return table.times(
        "9. Storyboard frame, 1280 x 720",
        f"Reel's helper draws {count} frames with two pictures, heading, prompt and camera sign, one after the other, and gives them as PNG. "
        "Pictures that it showed before it has not to decode again; in the second row it never saw them before. "
        "ImageMagick composes the same pictures, a border, a line, a heading and the prompt into a PNG in a process for each frame, as it is "
        "called from a script. Wanted: ten times as fast as ImageMagick.",
        figures, "reel")


def thumbnails(place):
    count, runs = place.pick(48, 6), place.pick(5, 2)
    folder = place.folder("thumbnails")
    (folder / "inbox").mkdir(parents=True)
    out = folder / "out"
    out.mkdir()

    def make(number):
        place_of = folder / "inbox" / f"picture_{number:03}.jpg"
        words = ["convert", "-seed", str(number), "-size", "1920x1080", "plasma:", "-quality", "90", place_of]
        return place.run(*words)

    for number in range(count):
        make(number)
    pictures = sorted((folder / "inbox").iterdir())

    def reel():
        answer = place.answer(BENCH, "thumbnails", 800, folder)
        if answer["pictures"] != count:
            raise RuntimeError(f"{answer}")
        return answer["seconds"] / count

    def made(line):
        for file in out.iterdir():
            file.unlink()
        seconds = place.run("sh", "-c", line).seconds
        if len(list(out.iterdir())) != count:
            raise RuntimeError(f"{len(list(out.iterdir()))} thumbnails of {count} pictures by: {line}")
        return seconds / count

    # One process for each core, as reel has.
    cores = len(os.sched_getaffinity(0))
    quality = f"{out}/%s.jpg[Q=82,optimize_coding,strip]"
    shared = f'cd "{folder}" && printf "%s\\0" inbox/* | xargs -0 -P {cores} -n {-(-count // cores)}'
    figures = clock.in_turn(
        {
            "reel": reel,
            "vipsthumbnail": lambda: made(f'{shared} vipsthumbnail -s 800x800 -o "{quality}"'),
            "ImageMagick mogrify": lambda: made(f'{shared} mogrify -path "{out}" -thumbnail 800x800 -quality 82'),
        }, runs)
    return table.times(
        f"9. Thumbnails, 800 pixels, of {count} JPEGs of 1920 x 1080",
        f"The time of all by their number, {cores} processes each. Reel's are those of a contact sheet (`reel export --sheet`), made by its "
        "helper and handed over as bytes; the others write files. The start of the processes is in all of them. Wanted: as fast as vipsthumbnail.",
        figures, "reel")


def measure(place):
    return [frames(place), thumbnails(place)]
