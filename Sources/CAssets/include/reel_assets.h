#pragma once
#include <stddef.h>

// Files of this repository that the program carries with it, so that it needs none beside it. What is said of one holds for
// `index` from 0 to reel_asset_count() - 1; beyond that the functions give NULL and 0.

int reel_asset_count(void);

/// Path of the file from the repository's root, such as "schemas/project.schema.json".
const char *_Nullable reel_asset_name(int index);

/// The file's bytes. They live as long as the program, and a NUL that does not count follows them.
const unsigned char *_Nullable reel_asset_bytes(int index);

size_t reel_asset_length(int index);
