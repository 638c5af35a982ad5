"""The folders of a server: input, output, temp and models, and how files in them are named."""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
import time


class Folders:
    def __init__(self, base: str):
        self.base = base
        for name in ("input", "output", "temp", "models"):
            os.makedirs(self.of(name), exist_ok=True)

    def of(self, kind: str) -> str:
        return os.path.join(self.base, kind)

    def wipe_temp(self) -> None:
        shutil.rmtree(self.of("temp"), ignore_errors=True)
        os.makedirs(self.of("temp"))

    def by_type(self, kind: str) -> str | None:
        return self.of(kind) if kind in ("input", "output", "temp") else None

    @staticmethod
    def annotated(name: str) -> tuple[str, str | None]:
        """`a.png [temp]` is `a.png` in temp; nothing said is None."""
        for kind in ("output", "input", "temp"):
            if name.endswith(f"[{kind}]"):
                return name[: -len(kind) - 3], kind
        return name, None

    def is_below(self, path: str, folder: str) -> bool:
        return os.path.commonpath((os.path.abspath(path), folder)) == folder

    def input_path(self, name: str) -> str:
        """Where a file that a graph names lies."""
        name, kind = self.annotated(name)
        return os.path.join(self.of(kind or "input"), name)

    def has_input(self, name: str) -> bool:
        """Whether there is such a file, inside its folder."""
        bare, kind = self.annotated(name)
        folder = self.of(kind or "input")
        path = os.path.join(folder, bare)
        return self.is_below(path, folder) and os.path.exists(path)

    def inputs(self, kind: str) -> list[str]:
        """What a list of input files offers: those of a kind (image or audio) at the top."""
        files = [entry.name for entry in os.scandir(self.of("input")) if entry.is_file()]
        return sorted(name for name in files if (mimetypes.guess_type(name)[0] or "").startswith(f"{kind}/"))


class OutputName:
    """Where a node that saves puts its files: `prefix_00001_.png`, the number one above the highest there is."""

    def __init__(self, folders: Folders, kind: str, prefix: str, size: tuple[int, int] = (0, 0), is_new: bool = True):
        now = time.localtime()
        words = {
            "width": str(size[0]), "height": str(size[1]), "year": str(now.tm_year), "month": f"{now.tm_mon:02}",
            "day": f"{now.tm_mday:02}", "hour": f"{now.tm_hour:02}", "minute": f"{now.tm_min:02}", "second": f"{now.tm_sec:02}",
        }
        prefix = re.sub("%(" + "|".join(words) + ")%", lambda found: words[found.group(1)], prefix)
        whole = os.path.normpath(prefix)
        self.subfolder, self.stem = os.path.dirname(whole), os.path.basename(whole)
        root = folders.of(kind)
        self.folder = os.path.join(root, self.subfolder)
        if not folders.is_below(self.folder, root):
            text = (
                "**** ERROR: Saving image outside the output folder is not allowed."
                f"\n full_output_folder: {os.path.abspath(self.folder)}\n         output_dir: {root}"
            )
            if not is_new:
                text += f"\n         commonpath: {os.path.commonpath((root, os.path.abspath(self.folder)))}"
            raise Exception(text)
        os.makedirs(self.folder, exist_ok=True)
        numbered = re.compile(re.escape(self.stem) + r"_(\d+)[_.]", re.IGNORECASE)
        found = (numbered.match(name) for name in os.listdir(self.folder))
        self.number = max((int(match.group(1)) for match in found if match), default=0) + 1

    def next(self, ending: str, batch_number: int = 0) -> str:
        """A name such as `x_00001_.png`; ending is `_.png`."""
        name = f"{self.stem.replace('%batch_num%', str(batch_number))}_{self.number:05}{ending}"
        self.number += 1
        return name
