"""Files that come and go: /upload/image and /view."""

from __future__ import annotations

import mimetypes
import os

from aiohttp import web

from .folders import Folders
from .record import Record
from .settings import Settings

mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("audio/flac", ".flac")


class Files:
    def __init__(self, settings: Settings, folders: Folders, record: Record):
        self._settings = settings
        self._folders = folders
        self._record = record

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/upload/image", self.upload), web.get("/view", self.view)]

    async def upload(self, request: web.Request) -> web.Response:
        """The same bytes under a name that is taken keep that name, others get the next free one."""
        form = await request.post()
        image = form.get("image")
        kind = form.get("type") or "input"
        folder = self._folders.by_type(kind)
        if folder is None:
            raise ValueError(f"no folder for {kind}")  # The real one falls over it, too.
        if not isinstance(image, web.FileField) or not image.filename:
            return web.Response(status=400)
        name, subfolder = image.filename, form.get("subfolder", "")
        target = os.path.join(folder, os.path.normpath(subfolder))
        if not self._folders.is_below(os.path.join(target, name), folder):
            return web.Response(status=400)
        os.makedirs(target, exist_ok=True)
        content = image.file.read()
        if form.get("overwrite") not in ("true", "1"):
            name = self._free_name(target, name, content)
        path = os.path.join(target, name)
        if not self._holds(path, content):
            with open(path, "wb") as file:
                file.write(content)
        self._record.add("uploaded", name=name, subfolder=subfolder, type=kind, bytes=len(content))
        return web.json_response({"name": name, "subfolder": subfolder, "type": kind})

    def _free_name(self, folder: str, name: str, content: bytes) -> str:
        stem, ending = os.path.splitext(name)
        number = 0
        while os.path.exists(os.path.join(folder, name)) and not self._holds(os.path.join(folder, name), content):
            number += 1
            name = f"{stem} ({number}){ending}"
        return name

    @staticmethod
    def _holds(path: str, content: bytes) -> bool:
        try:
            with open(path, "rb") as file:
                return file.read() == content
        except OSError:
            return False

    async def view(self, request: web.Request) -> web.StreamResponse:
        query = request.rel_url.query
        if "filename" not in query:
            return web.Response(status=404)
        name, kind = self._folders.annotated(query["filename"])
        if not name or name.startswith("/") or ".." in name:
            return web.Response(status=400)
        folder = self._folders.by_type(kind or query.get("type", "output"))
        if folder is None:
            return web.Response(status=400)
        target = os.path.join(folder, query.get("subfolder", ""))
        if not self._folders.is_below(target, folder):
            return web.Response(status=403)
        name = os.path.basename(name)
        path = os.path.join(target, name)
        if not os.path.isfile(path):
            return web.Response(status=404)
        if "preview" in query or query.get("channel") in ("rgb", "a"):
            return self._drawn(path, name, query)
        headers = {
            "Content-Disposition": f'filename="{name}"',
            "Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream",
        }
        if self._settings.is_new:
            headers["X-Content-Type-Options"] = "nosniff"
        return web.FileResponse(path, headers=headers)

    @staticmethod
    def _drawn(path: str, name: str, query) -> web.Response:
        """Another picture of it: smaller bytes, or some of its channels."""
        from PIL import Image

        from .pictures import encoded

        image = Image.open(path)
        channel = query.get("channel", "")
        if "preview" in query:
            asked = query["preview"].split(";")
            kind = asked[0] if asked[0] in ("webp", "jpeg") and "a" not in channel else "webp"
            quality = int(asked[-1]) if asked[-1].isdigit() else 90
            if kind == "jpeg" or channel == "rgb":
                image = image.convert("RGB")
            body = encoded(image, kind.upper(), quality=quality)
        elif channel == "rgb":
            kind, body = "png", encoded(image.convert("RGB"), "PNG")
        else:
            alpha = image.getchannel("A") if image.mode == "RGBA" else Image.new("L", image.size, 255)
            drawn = Image.new("RGBA", image.size)
            drawn.putalpha(alpha)
            kind, body = "png", encoded(drawn, "PNG")
        return web.Response(body=body, content_type=f"image/{kind}", headers={"Content-Disposition": f'filename="{name}"'})
