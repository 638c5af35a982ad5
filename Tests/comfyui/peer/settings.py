"""What one server is started with."""

from __future__ import annotations

import argparse
import dataclasses
import os


@dataclasses.dataclass
class Settings:
    version: str
    base: str
    host: str
    port: int
    refuse_seconds: float
    required_header: tuple[str, str] | None
    preview_method: str

    @property
    def is_new(self) -> bool:
        """Whether it behaves as 0.33.0 does, not as 0.3.64 does."""
        return self.version != "0.3.64"

    @classmethod
    def from_arguments(cls) -> Settings:
        parser = argparse.ArgumentParser(prog="server.py", description="A ComfyUI server for tests.")
        parser.add_argument("--base-directory", required=True, help="holds input, output, temp, models and peer.jsonl; made if missing")
        parser.add_argument("--version", choices=["0.3.64", "0.33.0"], default="0.33.0", help="which server it passes for")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=0, help="0 takes a free one and says which")
        parser.add_argument("--refuse-seconds", type=float, default=0, help="connections are refused that long, as during a real start")
        parser.add_argument("--require-header", metavar="NAME=VALUE", help="401 for all that comes without")
        parser.add_argument("--preview-method", default="none", choices=["none", "auto", "latent2rgb", "taesd"])
        given = parser.parse_args()
        header = tuple(given.require_header.split("=", 1)) if given.require_header else None
        return cls(
            version=given.version, base=os.path.abspath(given.base_directory), host=given.host, port=given.port,
            refuse_seconds=given.refuse_seconds, required_header=header, preview_method=given.preview_method)
