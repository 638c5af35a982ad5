"""What /object_info says of the node classes there are."""

from __future__ import annotations

import os

from .faults import Faults
from .folders import Folders
from .node import CLASSES, NodeClass
from .settings import Settings

# What the folders of models hold when no file lies there and no fault says otherwise.
MODELS = {
    "checkpoints": ["fake-sd15-full.safetensors", "fake-sd15-tiny.safetensors"],
    "vae": ["pixel_space"],
}

FOLDERS_OLD = [
    "checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models", "embeddings",
    "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models", "custom_nodes", "hypernetworks", "photomaker",
    "classifiers", "model_patches", "audio_encoders",
]
FOLDERS_NEW = [
    "checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models", "embeddings",
    "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models", "latent_upscale_models", "custom_nodes", "datasets",
    "hypernetworks", "photomaker", "classifiers", "model_patches", "audio_encoders", "background_removal", "frame_interpolation",
    "geometry_estimation", "optical_flow", "detection",
]


class Catalog:
    def __init__(self, settings: Settings, folders: Folders, faults: Faults):
        self._settings = settings
        self._folders = folders
        self._faults = faults

    # Models

    @property
    def model_folders(self) -> list[str]:
        return FOLDERS_NEW if self._settings.is_new else FOLDERS_OLD

    def models(self, folder: str) -> list[str]:
        """Files in models/FOLDER of the base directory if there are any, else a few made-up ones."""
        if folder in self._faults.models:
            return self._faults.models[folder]
        root = os.path.join(self._folders.of("models"), folder)
        found = [
            os.path.relpath(os.path.join(above, name), root)
            for above, _, names in os.walk(root) for name in names
        ]
        return sorted(found) or MODELS.get(folder, [])

    # Classes

    def classes(self) -> dict[str, NodeClass]:
        return {name: kind for name, kind in CLASSES.items() if name not in self._faults.missing_classes}

    def find(self, name) -> NodeClass | None:
        kind = CLASSES.get(name) if isinstance(name, str) else None
        return None if kind is None or name in self._faults.missing_classes else kind

    def config(self, kind: NodeClass, config: list) -> list:
        """An input's declaration with its list filled in."""
        listed = config[0]
        if not isinstance(listed, dict):
            return config
        if "models" in listed:
            return [self.models(listed["models"]), *config[1:]]
        if "samplers" in listed:
            new = ("exp_heun_2_x0", "exp_heun_2_x0_sde")
            return [[name for name in listed["samplers"] if self._settings.is_new or name not in new], *config[1:]]
        files = self._folders.inputs(listed["inputs"])
        if listed["inputs"] == "audio" and self._settings.is_new:
            return ["COMBO", {"multiselect": False, "options": files, **config[1]}]
        return [files, *config[1:]]

    def inputs(self, kind: NodeClass) -> tuple[dict[str, list], dict[str, list]]:
        """Required and optional ones."""
        required = {name: self.config(kind, config) for name, config in kind.required_in(self._settings).items()}
        return required, {name: self.config(kind, config) for name, config in kind.optional_in(self._settings).items()}

    def describe(self, kind: NodeClass) -> dict:
        required, optional = self.inputs(kind)
        inputs: dict[str, dict] = {"required": required}
        if optional:
            inputs["optional"] = optional
        if kind.hidden:
            inputs["hidden"] = kind.hidden
        returns = kind.returns_in(self._settings)
        names = kind.return_names if returns == kind.returns else returns
        is_new = self._settings.is_new
        said: dict = {"input": inputs, "input_order": {part: list(values) for part, values in inputs.items()}}
        if is_new:
            said["is_input_list"] = False
        said |= {"output": list(returns), "output_is_list": [False] * len(returns), "output_name": list(names)}
        said |= {
            "name": kind.name, "display_name": self._display_name(kind), "description": "", "python_module": kind.module,
            "category": kind.category, "output_node": kind.is_output,
        }
        if is_new:
            said |= {"has_intermediate_output": False, "search_aliases": []}
        if kind.is_schema:
            said |= {"deprecated": False, "experimental": False, "api_node": False}
        return said

    def _display_name(self, kind: NodeClass) -> str | None:
        if kind.display_name is None:
            return None if kind.is_schema else kind.name
        # The older one named only some of them.
        is_named = self._settings.is_new or kind.name in ("LoadImage", "SaveImage", "PreviewImage", "SaveVideo", "CreateVideo")
        return kind.display_name if is_named else kind.name
