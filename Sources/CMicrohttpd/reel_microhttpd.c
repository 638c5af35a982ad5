#include "reel_microhttpd.h"

#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>

#define FUNCTIONS(_)                     \
  _(MHD_start_daemon)                    \
  _(MHD_stop_daemon)                     \
  _(MHD_quiesce_daemon)                  \
  _(MHD_suspend_connection)              \
  _(MHD_resume_connection)               \
  _(MHD_get_connection_info)             \
  _(MHD_get_connection_values)           \
  _(MHD_create_response_from_buffer)     \
  _(MHD_create_response_from_fd_at_offset64) \
  _(MHD_create_response_from_callback)   \
  _(MHD_add_response_header)             \
  _(MHD_queue_response)                  \
  _(MHD_destroy_response)

#define FIELD(name) __typeof__(&name) name;
static struct { FUNCTIONS(FIELD) } library;

static const char *fault;

static void load(void) {
  // The name with the version that microhttpd.h belongs to: another one may have other signatures.
  void *handle = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    fault = dlerror();
    if (!fault) fault = "libmicrohttpd.so.12 cannot be loaded";
    return;
  }
#define FIND(name)                                        \
  library.name = (__typeof__(&name))dlsym(handle, #name); \
  if (!library.name) fault = "libmicrohttpd.so.12 has no " #name;
  FUNCTIONS(FIND)
}

const char *reel_mhd_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return fault;
}

// URLs are taken apart by the server itself, from the bytes that came: nothing is decoded twice.
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

// The library calls with the setup until it has stopped.
struct reel_mhd_server {
  struct reel_mhd_setup setup;
  struct MHD_Daemon *daemon;
};

static void *begin(void *context, const char *target, struct MHD_Connection *connection) {
  const struct reel_mhd_setup *setup = context;
  return setup->begin(setup->context, target, connection);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **request) {
  const struct reel_mhd_setup *setup = context;
  return setup->answer(setup->context, connection, url, method, version, data, size, request) ? MHD_YES : MHD_NO;
}

static void end(void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code) {
  const struct reel_mhd_setup *setup = context;
  (void)code;
  setup->end(setup->context, connection, request);
}

static void notify(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode code) {
  const struct reel_mhd_setup *setup = context;
  (void)own;
  setup->connection(setup->context, connection, code == MHD_CONNECTION_NOTIFY_STARTED);
}

struct reel_mhd_server *reel_mhd_start(const struct reel_mhd_setup *given) {
  struct reel_mhd_server *server = malloc(sizeof *server);
  if (!server) return NULL;
  server->setup = *given;
  struct reel_mhd_setup *setup = &server->setup;
  server->daemon = library.MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer, setup, MHD_OPTION_LISTEN_SOCKET,
      setup->listener, MHD_OPTION_CONNECTION_LIMIT, setup->connections, MHD_OPTION_CONNECTION_TIMEOUT, setup->timeout,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, setup->memory, MHD_OPTION_URI_LOG_CALLBACK, begin, setup,
      MHD_OPTION_NOTIFY_COMPLETED, end, setup, MHD_OPTION_NOTIFY_CONNECTION, notify, setup, MHD_OPTION_UNESCAPE_CALLBACK,
      leave_escaped, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
  if (server->daemon) return server;
  int code = errno;
  free(server);
  errno = code;
  return NULL;
}

int reel_mhd_quiesce(struct reel_mhd_server *server) { return library.MHD_quiesce_daemon(server->daemon); }

void reel_mhd_stop(struct reel_mhd_server *server) {
  library.MHD_stop_daemon(server->daemon);
  free(server);
}

void reel_mhd_suspend(struct MHD_Connection *connection) { library.MHD_suspend_connection(connection); }
void reel_mhd_resume(struct MHD_Connection *connection) { library.MHD_resume_connection(connection); }

int reel_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = library.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

struct each_header {
  void *context;
  void (*each)(void *context, const char *name, const char *value);
};

static enum MHD_Result pass_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
  const struct each_header *to = context;
  (void)kind;
  to->each(to->context, name, value);
  return MHD_YES;
}

void reel_mhd_headers(struct MHD_Connection *connection, void *context,
                      void (*each)(void *context, const char *name, const char *value)) {
  struct each_header to = {context, each};
  library.MHD_get_connection_values(connection, MHD_HEADER_KIND, pass_header, &to);
}

struct MHD_Response *reel_mhd_response_of_bytes(const void *bytes, size_t count) {
  return library.MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

struct MHD_Response *reel_mhd_response_of_file(int descriptor, off_t offset, uint64_t count) {
  return library.MHD_create_response_from_fd_at_offset64(count, descriptor, (uint64_t)offset);
}

struct MHD_Response *reel_mhd_response_of_stream(void *context, ssize_t (*read)(void *, uint64_t, char *, size_t),
                                                 void (*release)(void *)) {
  return library.MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, read, context, release);
}

const ssize_t reel_mhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
const ssize_t reel_mhd_stream_failed = MHD_CONTENT_READER_END_WITH_ERROR;

int reel_mhd_add_header(struct MHD_Response *response, const char *name, const char *value) {
  return library.MHD_add_response_header(response, name, value) == MHD_YES;
}

int reel_mhd_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
  int queued = library.MHD_queue_response(connection, status, response) == MHD_YES;
  library.MHD_destroy_response(response);
  return queued;
}
