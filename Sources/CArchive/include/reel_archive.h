#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct archive;
struct archive_entry;

// What an archive is written with of libarchive, loaded when there is one to write and not before: it brings ten libraries along, and
// linking them would cost every start more than a millisecond. Each function is that of archive.h or archive_entry.h without the prefix, typed
// by it.

/// Loads the library, once. Returns NULL when it is there, else why not; without it nothing else may be called.
const char *_Nullable reel_archive_load(void);

extern const int reel_archive_ok;
/// AE_IFREG, a macro with a cast.
extern const unsigned int reel_archive_regular_file;

struct archive *_Nullable reel_archive_write_new(void);
int reel_archive_write_set_format_zip(struct archive *_Nonnull archive);
int reel_archive_write_set_options(struct archive *_Nonnull archive, const char *_Nonnull options);
int reel_archive_write_set_bytes_in_last_block(struct archive *_Nonnull archive, int count);
int reel_archive_write_open_fd(struct archive *_Nonnull archive, int descriptor);
int reel_archive_write_header(struct archive *_Nonnull archive, struct archive_entry *_Nonnull entry);
ssize_t reel_archive_write_data(struct archive *_Nonnull archive, const void *_Nullable bytes, size_t count);
int reel_archive_write_finish_entry(struct archive *_Nonnull archive);
int reel_archive_write_close(struct archive *_Nonnull archive);
int reel_archive_write_fail(struct archive *_Nonnull archive);
int reel_archive_write_free(struct archive *_Nonnull archive);
int64_t reel_archive_filter_bytes(struct archive *_Nonnull archive, int filter);
int reel_archive_errno(struct archive *_Nonnull archive);

struct archive_entry *_Nullable reel_archive_entry_new(void);
void reel_archive_entry_free(struct archive_entry *_Nonnull entry);
void reel_archive_entry_set_pathname_utf8(struct archive_entry *_Nonnull entry, const char *_Nonnull name);
void reel_archive_entry_set_filetype(struct archive_entry *_Nonnull entry, unsigned int type);
void reel_archive_entry_set_perm(struct archive_entry *_Nonnull entry, mode_t mode);
void reel_archive_entry_set_size(struct archive_entry *_Nonnull entry, int64_t size);
