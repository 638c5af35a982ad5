#pragma once
#include <stddef.h>

// The files of the live page, compiled in. What is said of one holds for `index` from 0 to reel_page_count() - 1; beyond that the
// functions give NULL and 0.

int reel_page_count(void);

/// The file's name in Sources/CPage/files, such as "index.html".
const char *_Nullable reel_page_name(int index);

/// The file's bytes. They live as long as the program.
const unsigned char *_Nullable reel_page_bytes(int index);

size_t reel_page_length(int index);
