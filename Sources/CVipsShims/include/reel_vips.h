#pragma once
// The calls of libvips that Swift cannot import: all of them are variadic or macros.
#include <stddef.h>
#include <stdint.h>
#include <vips/vips.h>

/// Starts libvips with one thread, no cache of operations, and none but the loaders for JPEG, PNG, WebP, GIF, TIFF and HEIF.
/// Returns 0, or -1.
int reel_vips_start(const char *program);

/// Reads the header of an open file; no pixel is decoded. NULL on failure. The caller unrefs.
VipsImage *reel_vips_open_descriptor(int descriptor);

/// The same for bytes in memory, which must outlive the image.
VipsImage *reel_vips_open_bytes(const void *bytes, size_t count);

/// Decodes at the smallest size the format offers that is enough, turns upright, converts to sRGB, and shrinks.
/// With `crop` the result is exactly width x height, cut around what catches the eye; without, it fits inside and is never
/// enlarged. Damaged and cut off files fail. NULL on failure. The caller unrefs.
VipsImage *reel_vips_thumbnail_bytes(const void *bytes, size_t count, int width, int height, int crop);

/// The pixels as 8-bit RGBA, not premultiplied; `*size` is their count in bytes. NULL on failure. The caller frees with g_free.
uint8_t *reel_vips_rgba(VipsImage *image, size_t *size);

/// The pixels of an image without transparency as 8-bit RGB, or NULL. `*size` and freeing as above.
uint8_t *reel_vips_rgb(VipsImage *image, size_t *size);

/// RGB pixels as PNG without any metadata. NULL on failure. The caller frees with g_free.
uint8_t *reel_vips_png(const void *rgb, int width, int height, size_t *size);

/// RGB pixels as JPEG without any metadata. NULL on failure. The caller frees with g_free.
uint8_t *reel_vips_jpeg(const void *rgb, int width, int height, int quality, size_t *size);

/// RGB pixels as WebP without any metadata. NULL on failure. The caller frees with g_free.
uint8_t *reel_vips_webp(const void *rgb, int width, int height, int quality, size_t *size);
