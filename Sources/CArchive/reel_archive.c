#include "reel_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>

#define FUNCTIONS(_)                       \
  _(archive_write_new)                     \
  _(archive_write_set_format_zip)          \
  _(archive_write_set_options)             \
  _(archive_write_set_bytes_in_last_block) \
  _(archive_write_open_fd)                 \
  _(archive_write_header)                  \
  _(archive_write_data)                    \
  _(archive_write_finish_entry)            \
  _(archive_write_close)                   \
  _(archive_write_fail)                    \
  _(archive_write_free)                    \
  _(archive_filter_bytes)                  \
  _(archive_errno)                         \
  _(archive_entry_new)                     \
  _(archive_entry_free)                    \
  _(archive_entry_set_pathname_utf8)       \
  _(archive_entry_set_filetype)            \
  _(archive_entry_set_perm)                \
  _(archive_entry_set_size)

#define FIELD(name) __typeof__(&name) name;
static struct { FUNCTIONS(FIELD) } library;

static const char *fault;

static void load(void) {
  // The name with the version that archive.h belongs to: another one may have other signatures. Never closed.
  void *handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    fault = dlerror();
    if (!fault) fault = "libarchive.so.13 cannot be loaded";
    return;
  }
#define FIND(name)                                        \
  library.name = (__typeof__(&name))dlsym(handle, #name); \
  if (!library.name) fault = "libarchive.so.13 has no " #name;
  FUNCTIONS(FIND)
}

const char *reel_archive_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return fault;
}

const int reel_archive_ok = ARCHIVE_OK;
const unsigned int reel_archive_regular_file = AE_IFREG;

struct archive *reel_archive_write_new(void) { return library.archive_write_new(); }
int reel_archive_write_set_format_zip(struct archive *archive) { return library.archive_write_set_format_zip(archive); }
int reel_archive_write_set_options(struct archive *archive, const char *options) {
  return library.archive_write_set_options(archive, options);
}
int reel_archive_write_set_bytes_in_last_block(struct archive *archive, int count) {
  return library.archive_write_set_bytes_in_last_block(archive, count);
}
int reel_archive_write_open_fd(struct archive *archive, int descriptor) {
  return library.archive_write_open_fd(archive, descriptor);
}
int reel_archive_write_header(struct archive *archive, struct archive_entry *entry) {
  return library.archive_write_header(archive, entry);
}
ssize_t reel_archive_write_data(struct archive *archive, const void *bytes, size_t count) {
  return library.archive_write_data(archive, bytes, count);
}
int reel_archive_write_finish_entry(struct archive *archive) { return library.archive_write_finish_entry(archive); }
int reel_archive_write_close(struct archive *archive) { return library.archive_write_close(archive); }
int reel_archive_write_fail(struct archive *archive) { return library.archive_write_fail(archive); }
int reel_archive_write_free(struct archive *archive) { return library.archive_write_free(archive); }
int64_t reel_archive_filter_bytes(struct archive *archive, int filter) {
  return library.archive_filter_bytes(archive, filter);
}
int reel_archive_errno(struct archive *archive) { return library.archive_errno(archive); }

struct archive_entry *reel_archive_entry_new(void) { return library.archive_entry_new(); }
void reel_archive_entry_free(struct archive_entry *entry) { library.archive_entry_free(entry); }
void reel_archive_entry_set_pathname_utf8(struct archive_entry *entry, const char *name) {
  library.archive_entry_set_pathname_utf8(entry, name);
}
void reel_archive_entry_set_filetype(struct archive_entry *entry, unsigned int type) {
  library.archive_entry_set_filetype(entry, type);
}
void reel_archive_entry_set_perm(struct archive_entry *entry, mode_t mode) { library.archive_entry_set_perm(entry, mode); }
void reel_archive_entry_set_size(struct archive_entry *entry, int64_t size) {
  library.archive_entry_set_size(entry, size);
}
