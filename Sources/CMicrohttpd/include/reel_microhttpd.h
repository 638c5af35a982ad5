#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct MHD_Connection;
struct MHD_Response;

// libmicrohttpd, loaded when a server is started and not before: it brings a TLS library along, and linking it would cost every `reel
// --version` some milliseconds. The functions are those of microhttpd.h, typed by it; options are set here, since Swift cannot call
// functions with a variable number of arguments.

/// Loads the library, once. Returns NULL when it is there, else why not.
const char *_Nullable reel_mhd_load(void);

/// What a server is started with. Callbacks as microhttpd.h describes them, with plain numbers for its enumerations; all are called on
/// the server's one thread.
struct reel_mhd_setup {
  /// A socket that is bound and listens; the server closes it.
  int listener;
  unsigned int connections;
  /// Seconds without a byte in either direction after which a connection is closed.
  unsigned int timeout;
  /// Bytes for the headers of one request, and its buffers.
  size_t memory;
  void *_Nullable context;
  /// The request's line is in; what this gives is handed to the others.
  void *_Nullable (*_Nonnull begin)(void *_Nullable context, const char *_Nonnull target,
                                    struct MHD_Connection *_Nonnull connection);
  /// 0 breaks the connection off.
  int (*_Nonnull answer)(void *_Nullable context, struct MHD_Connection *_Nonnull connection, const char *_Nonnull url,
                         const char *_Nonnull method, const char *_Nonnull version, const char *_Nullable data,
                         size_t *_Nonnull size, void *_Nullable *_Nonnull request);
  void (*_Nonnull end)(void *_Nullable context, struct MHD_Connection *_Nonnull connection,
                       void *_Nullable *_Nonnull request);
  void (*_Nonnull connection)(void *_Nullable context, struct MHD_Connection *_Nonnull connection, int is_new);
};

struct reel_mhd_server;

/// NULL with errno set when it cannot be started.
struct reel_mhd_server *_Nullable reel_mhd_start(const struct reel_mhd_setup *_Nonnull setup);
/// Stops accepting and gives back the listening socket, -1 if there is none.
int reel_mhd_quiesce(struct reel_mhd_server *_Nonnull server);
/// No connection may be suspended by then. The server is gone afterwards.
void reel_mhd_stop(struct reel_mhd_server *_Nonnull server);

void reel_mhd_suspend(struct MHD_Connection *_Nonnull connection);
void reel_mhd_resume(struct MHD_Connection *_Nonnull connection);
/// The connection's socket, -1 if unknown.
int reel_mhd_socket(struct MHD_Connection *_Nonnull connection);
/// Calls `each` for every header as it came, doubles too.
void reel_mhd_headers(struct MHD_Connection *_Nonnull connection, void *_Nullable context,
                      void (*_Nonnull each)(void *_Nullable context, const char *_Nullable name,
                                            const char *_Nullable value));

/// The bytes are copied.
struct MHD_Response *_Nullable reel_mhd_response_of_bytes(const void *_Nullable bytes, size_t count);
/// `count` bytes of a file from `offset` on; the descriptor is closed with the response.
struct MHD_Response *_Nullable reel_mhd_response_of_file(int descriptor, off_t offset, uint64_t count);
/// A body of unknown length; `read` gives bytes, 0 (after it suspended the connection), or one of the two below.
struct MHD_Response *_Nullable reel_mhd_response_of_stream(
    void *_Nullable context,
    ssize_t (*_Nonnull read)(void *_Nullable context, uint64_t position, char *_Nonnull buffer, size_t size),
    void (*_Nonnull release)(void *_Nullable context));
extern const ssize_t reel_mhd_end_of_stream;
extern const ssize_t reel_mhd_stream_failed;

int reel_mhd_add_header(struct MHD_Response *_Nonnull response, const char *_Nonnull name, const char *_Nonnull value);
/// Also lets go of the response. 0 when it could not be queued.
int reel_mhd_queue(struct MHD_Connection *_Nonnull connection, unsigned int status, struct MHD_Response *_Nonnull response);
