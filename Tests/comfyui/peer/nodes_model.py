"""Nodes that need models, without models.

What a real one makes of prompt, seed and model is here a pattern of colours that goes by all of them: a client sees whether its
values arrived, and the same values give the same pixels. Models and all that comes of them are texts that say how they came about.
"""

from __future__ import annotations

import dataclasses

from . import pictures
from .node import Context, decimal, integer, models, node, one_of

LARGEST = 16384
SEED = integer(0, 0, 0xFFFFFFFFFFFFFFFF, control_after_generate=True)
SAMPLERS = [
    "euler", "euler_cfg_pp", "euler_ancestral", "euler_ancestral_cfg_pp", "heun", "heunpp2", "exp_heun_2_x0", "exp_heun_2_x0_sde",
    "dpm_2", "dpm_2_ancestral", "lms", "dpm_fast", "dpm_adaptive", "dpmpp_2s_ancestral", "dpmpp_2s_ancestral_cfg_pp", "dpmpp_sde",
    "dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_cfg_pp", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "dpmpp_2m_sde_heun",
    "dpmpp_2m_sde_heun_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "ddpm", "lcm", "ipndm", "ipndm_v", "deis", "res_multistep",
    "res_multistep_cfg_pp", "res_multistep_ancestral", "res_multistep_ancestral_cfg_pp", "gradient_estimation",
    "gradient_estimation_cfg_pp", "er_sde", "seeds_2", "seeds_3", "sa_solver", "sa_solver_pece", "ddim", "uni_pc", "uni_pc_bh2",
]
SCHEDULERS = [
    "simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic", "kl_optimal",
]
STEPS = integer(20, 1, 10000)
CFG = decimal(8.0, 0.0, 100.0, 0.1, round=0.01)
DEVICE = [["default", "cpu"], {"advanced": True}]
DENOISE = decimal(1.0, 0.0, 1.0, 0.01)


@dataclasses.dataclass(frozen=True)
class Latent:
    story: str
    width: int
    height: int
    count: int


# Loading


@node(
    "CheckpointLoaderSimple", {"ckpt_name": models("checkpoints") + [{}]}, returns=("MODEL", "CLIP", "VAE"),
    display="Load Checkpoint", category="model/loaders")
def checkpoint(context: Context, ckpt_name: str):
    return (f"model {ckpt_name}", f"clip {ckpt_name}", f"vae {ckpt_name}")


@node(
    "UNETLoader",
    {
        "unet_name": models("diffusion_models"),
        "weight_dtype": [["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"], {"advanced": True}],
    },
    returns=("MODEL",), display="Load Diffusion Model", category="model/loaders")
def unet(context: Context, unet_name: str, weight_dtype: str):
    return (f"model {unet_name} {weight_dtype}",)


@node(
    "CLIPLoader",
    {
        "clip_name": models("text_encoders"),
        "type": [
            [
                "stable_diffusion", "stable_cascade", "sd3", "stable_audio", "mochi", "ltxv", "pixart", "cosmos", "lumina2", "wan",
                "hidream", "chroma", "ace", "omnigen2", "qwen_image", "hunyuan_image", "flux2", "ovis", "longcat_image", "cogvideox",
                "lens", "pixeldit", "ideogram4", "boogu", "krea2", "joyimage", "mage", "minimax",
            ]
        ],
    },
    optional={"device": DEVICE}, returns=("CLIP",), display="Load CLIP", category="model/loaders")
def clip(context: Context, clip_name: str, type: str, device: str = "default"):
    return (f"clip {clip_name} {type}",)


@node(
    "DualCLIPLoader",
    {
        "clip_name1": models("text_encoders"), "clip_name2": models("text_encoders"),
        "type": [
            [
                "sdxl", "sd3", "flux", "hunyuan_video", "hidream", "hunyuan_image", "hunyuan_video_15", "kandinsky5",
                "kandinsky5_image", "ltxv", "newbie", "ace",
            ]
        ],
    },
    optional={"device": DEVICE}, returns=("CLIP",), display="Load CLIP (Dual)", category="model/loaders")
def dual_clip(context: Context, clip_name1: str, clip_name2: str, type: str, device: str = "default"):
    return (f"clip {clip_name1} {clip_name2} {type}",)


@node("VAELoader", {"vae_name": models("vae")}, returns=("VAE",), display="Load VAE", category="model/loaders")
def vae(context: Context, vae_name: str):
    return (f"vae {vae_name}",)


@node(
    "LoraLoader",
    {
        "model": ["MODEL", {}], "clip": ["CLIP", {}], "lora_name": models("loras") + [{}],
        "strength_model": decimal(1.0, -100.0, 100.0, 0.01), "strength_clip": decimal(1.0, -100.0, 100.0, 0.01),
    },
    returns=("MODEL", "CLIP"), display="Load LoRA (Model and CLIP)", category="model/loaders")
def lora(context: Context, model, clip, lora_name: str, strength_model: float, strength_clip: float):
    return (f"{model} + {lora_name} {strength_model}", f"{clip} + {lora_name} {strength_clip}")


# Asking


@node(
    "CLIPTextEncode", {"text": ["STRING", {"multiline": True, "dynamicPrompts": True}], "clip": ["CLIP", {}]},
    returns=("CONDITIONING",), display="CLIP Text Encode (Prompt)", category="model/conditioning")
def encode(context: Context, text: str, clip):
    return (f"{clip}: {text}",)


@node(
    "FluxGuidance", {"conditioning": ["CONDITIONING", {}], "guidance": decimal(3.5, 0.0, 100.0, 0.1)}, returns=("CONDITIONING",),
    category="model/conditioning/flux", module="comfy_extras.nodes_flux", schema=True)
def flux_guidance(context: Context, conditioning, guidance: float):
    return (f"{conditioning} guided {guidance}",)


@node(
    "EmptyLatentImage",
    {
        "width": integer(512, 16, LARGEST, step=8), "height": integer(512, 16, LARGEST, step=8), "batch_size": integer(1, 1, 4096),
    },
    returns=("LATENT",), display="Empty Latent Image", category="model/latent")
def empty_latent(context: Context, width: int, height: int, batch_size: int):
    return (Latent("empty", width, height, batch_size),)


# Sampling


def sampled(context: Context, latent: Latent, steps: int, story: str) -> Latent:
    """Goes through the steps as a sampler does; previews as the server or the prompt says."""
    method = context.extra.get("preview_method") if context.settings.is_new else None
    if method in (None, "default"):
        method = context.settings.preview_method
    made = Latent(pictures.digest(f"{story} from {latent.story}").hex(), latent.width, latent.height, latent.count)
    for step in range(1, steps + 1):
        if context.faults.step_seconds > 0:
            context.clock.sleep(context.faults.step_seconds)
        preview = None
        if method != "none":
            preview = ("JPEG", pictures.made_of(f"{made.story} {step}", max(latent.width // 8, 8), max(latent.height // 8, 8)))
        context.progress.tick(step, steps, preview)
    return made


@node(
    "KSampler",
    {
        "model": ["MODEL", {}], "seed": SEED, "steps": STEPS, "cfg": CFG, "sampler_name": [{"samplers": SAMPLERS}, {}],
        "scheduler": [SCHEDULERS, {}], "positive": ["CONDITIONING", {}], "negative": ["CONDITIONING", {}],
        "latent_image": ["LATENT", {}], "denoise": DENOISE,
    },
    returns=("LATENT",), display="KSampler", category="model/sampling")
def ksampler(
    context: Context, model, seed: int, steps: int, cfg: float, sampler_name: str, scheduler: str, positive, negative, latent_image,
    denoise: float,
):
    story = f"{model} {seed} {steps} {cfg} {sampler_name} {scheduler} {positive} not {negative} {denoise}"
    return (sampled(context, latent_image, steps, story),)


@node(
    "KSamplerAdvanced",
    {
        "model": ["MODEL"], "add_noise": [["enable", "disable"], {"advanced": True}], "noise_seed": SEED, "steps": STEPS, "cfg": CFG,
        "sampler_name": [{"samplers": SAMPLERS}], "scheduler": [SCHEDULERS], "positive": ["CONDITIONING"], "negative": ["CONDITIONING"],
        "latent_image": ["LATENT"], "start_at_step": integer(0, 0, 10000, advanced=True),
        "end_at_step": integer(10000, 0, 10000, advanced=True),
        "return_with_leftover_noise": [["disable", "enable"], {"advanced": True}],
    },
    returns=("LATENT",), display="KSampler (Advanced)", category="model/sampling")
def ksampler_advanced(
    context: Context, model, add_noise: str, noise_seed: int, steps: int, cfg: float, sampler_name: str, scheduler: str, positive,
    negative, latent_image, start_at_step: int, end_at_step: int, return_with_leftover_noise: str,
):
    story = (
        f"{model} {add_noise} {noise_seed} {steps} {cfg} {sampler_name} {scheduler} {positive} not {negative} "
        f"{start_at_step} {end_at_step} {return_with_leftover_noise}"
    )
    return (sampled(context, latent_image, max(1, min(end_at_step, steps) - start_at_step), story),)


@node(
    "RandomNoise", {"noise_seed": SEED}, returns=("NOISE",), category="model/sampling/noise",
    module="comfy_extras.nodes_custom_sampler", schema=True)
def random_noise(context: Context, noise_seed: int):
    return (f"noise {noise_seed}",)


@node(
    "KSamplerSelect", {"sampler_name": one_of(*SAMPLERS)}, returns=("SAMPLER",), category="model/sampling/samplers",
    module="comfy_extras.nodes_custom_sampler", schema=True)
def select_sampler(context: Context, sampler_name: str):
    return (f"sampler {sampler_name}",)


@dataclasses.dataclass(frozen=True)
class Sigmas:
    story: str
    steps: int


@node(
    "BasicScheduler", {"model": ["MODEL", {}], "scheduler": one_of(*SCHEDULERS), "steps": STEPS, "denoise": DENOISE},
    returns=("SIGMAS",), category="model/sampling/schedulers", module="comfy_extras.nodes_custom_sampler", schema=True)
def basic_scheduler(context: Context, model, scheduler: str, steps: int, denoise: float):
    return (Sigmas(f"{model} {scheduler} {steps} {denoise}", steps),)


@node(
    "CFGGuider",
    {"model": ["MODEL", {}], "positive": ["CONDITIONING", {}], "negative": ["CONDITIONING", {}], "cfg": CFG}, returns=("GUIDER",),
    display="CFG Guider", category="model/sampling/guiders", module="comfy_extras.nodes_custom_sampler", schema=True)
def cfg_guider(context: Context, model, positive, negative, cfg: float):
    return (f"{model} {positive} not {negative} {cfg}",)


@node(
    "BasicGuider", {"model": ["MODEL", {}], "conditioning": ["CONDITIONING", {}]}, returns=("GUIDER",),
    category="model/sampling/guiders", module="comfy_extras.nodes_custom_sampler", schema=True)
def basic_guider(context: Context, model, conditioning):
    return (f"{model} {conditioning}",)


@node(
    "SamplerCustomAdvanced",
    {
        "noise": ["NOISE", {}], "guider": ["GUIDER", {}], "sampler": ["SAMPLER", {}], "sigmas": ["SIGMAS", {}],
        "latent_image": ["LATENT", {}],
    },
    returns=("LATENT", "LATENT"), names=("output", "denoised_output"), category="model/sampling/custom",
    module="comfy_extras.nodes_custom_sampler", schema=True)
def sampler_custom(context: Context, noise, guider, sampler, sigmas: Sigmas, latent_image):
    made = sampled(context, latent_image, sigmas.steps, f"{noise} {guider} {sampler} {sigmas.story}")
    return (made, made)


# Between pictures and latents


@node(
    "VAEDecode", {"samples": ["LATENT", {}], "vae": ["VAE", {}]}, returns=("IMAGE",), display="VAE Decode",
    category="model/latent")
def decode(context: Context, samples: Latent, vae):
    return (
        [pictures.made_of(f"{vae} {samples.story} {number}", samples.width, samples.height) for number in range(samples.count)],
    )


@node("VAEEncode", {"pixels": ["IMAGE"], "vae": ["VAE"]}, returns=("LATENT",), display="VAE Encode", category="model/latent")
def encode_pixels(context: Context, pixels, vae):
    width, height = pixels[0].size
    return (Latent(f"{vae} {pictures.digest_of(pixels)}", width, height, len(pixels)),)


@node(
    "SetLatentNoiseMask", {"samples": ["LATENT"], "mask": ["MASK"]}, returns=("LATENT",), display="Set Latent Noise Mask",
    category="model/latent")
def noise_mask(context: Context, samples: Latent, mask):
    return (dataclasses.replace(samples, story=f"{samples.story} masked {pictures.digest_of(mask)}"),)
