"""What a server says of itself: /system_stats, /features, /object_info, /models."""

from __future__ import annotations

import platform
import sys

from aiohttp import web

from .catalog import Catalog
from .settings import Settings

FEATURES_OLD = {"supports_preview_metadata": True, "max_upload_size": 104857600}
FEATURES_NEW = {
    "supports_preview_metadata": True, "supports_model_type_tags": True, "max_upload_size": 104857600,
    "extension": {"manager": {"supports_v4": True}}, "node_replacements": True, "assets": False,
}
MEMORY = 24 << 30


def features(settings: Settings) -> dict:
    return FEATURES_NEW if settings.is_new else FEATURES_OLD


class About:
    def __init__(self, settings: Settings, catalog: Catalog):
        self._settings = settings
        self._catalog = catalog

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/system_stats", self.system), web.get("/features", self.features), web.get("/object_info", self.classes),
            web.get("/object_info/{name}", self.one_class), web.get("/models", self.model_folders),
            web.get("/models/{folder}", self.models), web.get("/embeddings", self.embeddings),
        ]

    async def system(self, request: web.Request) -> web.Response:
        is_new = self._settings.is_new
        frontend, templates = ("1.49.6", "0.11.44") if is_new else ("1.27.10", "0.1.95")
        system = {
            "os": "linux" if is_new else "posix", "ram_total": MEMORY, "ram_free": MEMORY // 2,
            "comfyui_version": self._settings.version, "required_frontend_version": frontend,
            "installed_templates_version": templates, "required_templates_version": templates,
            "python_version": sys.version, "pytorch_version": f"none ({platform.machine()})", "embedded_python": False,
            "argv": ["main.py", "--cpu"],
        }
        if is_new:
            system |= {"comfy_package_versions": [], "deploy_environment": "local-git"}
        device = {
            "name": "cpu", "type": "cpu", "index": None, "vram_total": MEMORY, "vram_free": MEMORY // 2, "torch_vram_total": MEMORY,
            "torch_vram_free": MEMORY // 2,
        }
        return web.json_response({"system": system, "devices": [device]})

    async def features(self, request: web.Request) -> web.Response:
        return web.json_response(features(self._settings))

    async def classes(self, request: web.Request) -> web.Response:
        return web.json_response({name: self._catalog.describe(kind) for name, kind in self._catalog.classes().items()})

    async def one_class(self, request: web.Request) -> web.Response:
        kind = self._catalog.find(request.match_info["name"])
        return web.json_response({} if kind is None else {kind.name: self._catalog.describe(kind)})

    async def model_folders(self, request: web.Request) -> web.Response:
        return web.json_response(self._catalog.model_folders)

    async def models(self, request: web.Request) -> web.Response:
        folder = request.match_info["folder"]
        if folder not in self._catalog.model_folders:
            return web.Response(status=404)
        return web.json_response(self._catalog.models(folder))

    async def embeddings(self, request: web.Request) -> web.Response:
        return web.json_response([])
