// The checking macros of curl's header would stand in the way of the table; the functions below check by their own types.
#define CURL_DISABLE_TYPECHECK
#include "reel_curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(EACH)                                                                                                \
  EACH(global_init)                                                                                                    \
  EACH(easy_init)                                                                                                      \
  EACH(easy_cleanup)                                                                                                   \
  EACH(easy_setopt)                                                                                                    \
  EACH(easy_getinfo)                                                                                                   \
  EACH(easy_strerror)                                                                                                  \
  EACH(easy_send)                                                                                                      \
  EACH(easy_recv)                                                                                                      \
  EACH(multi_init)                                                                                                     \
  EACH(multi_cleanup)                                                                                                  \
  EACH(multi_setopt)                                                                                                   \
  EACH(multi_add_handle)                                                                                               \
  EACH(multi_remove_handle)                                                                                            \
  EACH(multi_perform)                                                                                                  \
  EACH(multi_poll)                                                                                                     \
  EACH(multi_wakeup)                                                                                                   \
  EACH(multi_info_read)                                                                                                \
  EACH(slist_append)                                                                                                   \
  EACH(slist_free_all)                                                                                                 \
  EACH(mime_init)                                                                                                      \
  EACH(mime_free)                                                                                                      \
  EACH(mime_addpart)                                                                                                   \
  EACH(mime_name)                                                                                                      \
  EACH(mime_data)                                                                                                      \
  EACH(mime_data_cb)                                                                                                   \
  EACH(mime_filename)                                                                                                  \
  EACH(mime_type)                                                                                                      \
  EACH(url)                                                                                                            \
  EACH(url_cleanup)                                                                                                    \
  EACH(url_set)                                                                                                        \
  EACH(url_get)                                                                                                        \
  EACH(url_strerror)                                                                                                   \
  EACH(free)

static struct {
#define DECLARE(name) __typeof__(curl_##name) *name;
  FUNCTIONS(DECLARE)
} curl;

static int is_ready;

const char *reel_curl_load(void) {
  static char said[512];
  if (is_ready) return NULL;
  // Never closed: what curl pulls in does not bear to be unloaded.
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *error = dlerror();
    snprintf(said, sizeof said, "%s", error ? error : "libcurl.so.4 cannot be loaded");
    return said;
  }
#define FIND(symbol)                                                                                                   \
  curl.symbol = (__typeof__(curl.symbol))dlsym(library, "curl_" #symbol);                                              \
  if (!curl.symbol) return "libcurl.so.4 is too old: it has no curl_" #symbol;
  FUNCTIONS(FIND)
  // OpenSSL ends itself at exit(3) and races threads that still use it then, unless whoever prepares it first leaves that out. It comes with
  // curl, if curl was built with it.
  int (*prepare_openssl)(uint64_t, const void *) = (int (*)(uint64_t, const void *))dlsym(library, "OPENSSL_init_crypto");
  const uint64_t no_atexit = 0x00080000;
  if (prepare_openssl) prepare_openssl(no_atexit, NULL);
  CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return curl.easy_strerror(code);
  is_ready = 1;
  return NULL;
}

CURL *reel_curl_easy_init(void) { return curl.easy_init(); }
void reel_curl_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
const char *reel_curl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }
CURLcode reel_curl_easy_send(CURL *easy, const void *bytes, size_t count, size_t *sent) {
  return curl.easy_send(easy, bytes, count, sent);
}
CURLcode reel_curl_easy_recv(CURL *easy, void *buffer, size_t count, size_t *received) {
  return curl.easy_recv(easy, buffer, count, received);
}

CURLM *reel_curl_multi_init(void) { return curl.multi_init(); }
CURLMcode reel_curl_multi_cleanup(CURLM *multi) { return curl.multi_cleanup(multi); }
CURLMcode reel_curl_multi_add(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }
CURLMcode reel_curl_multi_remove(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }
CURLMcode reel_curl_multi_perform(CURLM *multi, int *running) { return curl.multi_perform(multi, running); }
CURLMcode reel_curl_multi_poll(CURLM *multi, struct curl_waitfd extra[], unsigned int count, int milliseconds) {
  return curl.multi_poll(multi, extra, count, milliseconds, NULL);
}
CURLMcode reel_curl_multi_wakeup(CURLM *multi) { return curl.multi_wakeup(multi); }

CURL *reel_curl_multi_next_done(CURLM *multi, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = curl.multi_info_read(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}

CURLMcode reel_curl_multi_keep(CURLM *multi, long connections) {
  return curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
}

CURLcode reel_curl_set_number(CURL *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }
CURLcode reel_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode reel_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode reel_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl.easy_setopt(easy, option, value);
}

// Curl opens its sockets without CLOEXEC.
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  struct reel_curl_opened *opened = context;
  curl_socket_t descriptor = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (descriptor == CURL_SOCKET_BAD) opened->error = errno;
  else opened->socket = descriptor;
  return descriptor;
}

CURLcode reel_curl_set_defaults(CURL *easy, struct reel_curl_opened *opened) {
  CURLcode code = CURLE_OK;
#define SET(option, value)                                                                                             \
  if (code == CURLE_OK) code = curl.easy_setopt(easy, option, value);
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_PROTOCOLS_STR, "http,https")
#else
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS))
#endif
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)
  SET(CURLOPT_NOSIGNAL, 1L)
  SET(CURLOPT_NOPROGRESS, 1L)
  SET(CURLOPT_FOLLOWLOCATION, 0L)
  SET(CURLOPT_TCP_KEEPALIVE, 1L)
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
  SET(CURLOPT_OPENSOCKETFUNCTION, open_socket)
  SET(CURLOPT_OPENSOCKETDATA, opened)
#if LIBCURL_VERSION_NUM >= 0x075700
  // A transfer that is given up does not wait for the thread that looks its host up. Older ones do.
  if (code == CURLE_OK) curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  return code;
}

CURLcode reel_curl_set_callbacks(CURL *easy, struct reel_curl_callbacks callbacks, void *context) {
  CURLcode code = CURLE_OK;
  SET(CURLOPT_HEADERFUNCTION, callbacks.header)
  SET(CURLOPT_HEADERDATA, context)
  SET(CURLOPT_WRITEFUNCTION, callbacks.body)
  SET(CURLOPT_WRITEDATA, context)
  SET(CURLOPT_PREREQFUNCTION, callbacks.before)
  SET(CURLOPT_PREREQDATA, context)
  return code;
}

CURLcode reel_curl_set_source(CURL *easy, curl_read_callback read, curl_seek_callback seek, void *context) {
  CURLcode code = CURLE_OK;
  SET(CURLOPT_READFUNCTION, read)
  SET(CURLOPT_READDATA, context)
  SET(CURLOPT_SEEKFUNCTION, seek)
  SET(CURLOPT_SEEKDATA, context)
  return code;
}

CURLcode reel_curl_get_number(CURL *easy, CURLINFO fact, long *value) { return curl.easy_getinfo(easy, fact, value); }
CURLcode reel_curl_get_size(CURL *easy, CURLINFO fact, curl_off_t *value) {
  return curl.easy_getinfo(easy, fact, value);
}
CURLcode reel_curl_get_socket(CURL *easy, curl_socket_t *socket) {
  return curl.easy_getinfo(easy, CURLINFO_ACTIVESOCKET, socket);
}

int reel_curl_unsent(int descriptor, int port) {
  struct sockaddr_storage self;
  socklen_t size = sizeof self;
  if (descriptor < 0 || getsockname(descriptor, (struct sockaddr *)&self, &size) != 0) return -1;
  int own = self.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&self)->sin6_port : ((struct sockaddr_in *)&self)->sin_port;
  int count = 0;
  return ntohs((uint16_t)own) == port && ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : -1;
}

struct curl_slist *reel_curl_list_append(struct curl_slist *list, const char *line) {
  return curl.slist_append(list, line);
}
void reel_curl_list_free(struct curl_slist *list) { curl.slist_free_all(list); }

curl_mime *reel_curl_form(CURL *easy) { return curl.mime_init(easy); }
void reel_curl_form_free(curl_mime *form) { curl.mime_free(form); }
curl_mimepart *reel_curl_form_add(curl_mime *form, const char *name) {
  curl_mimepart *part = curl.mime_addpart(form);
  return part && curl.mime_name(part, name) == CURLE_OK ? part : NULL;
}
CURLcode reel_curl_part_text(curl_mimepart *part, const char *text, size_t count) {
  return curl.mime_data(part, text, count);
}
CURLcode reel_curl_part_source(curl_mimepart *part, curl_off_t size, curl_read_callback read, curl_seek_callback seek, void *context) {
  return curl.mime_data_cb(part, size, read, seek, NULL, context);
}
CURLcode reel_curl_part_file(curl_mimepart *part, const char *name, const char *type) {
  CURLcode code = curl.mime_filename(part, name);
  return code == CURLE_OK ? curl.mime_type(part, type) : code;
}

CURLU *reel_curl_url(void) { return curl.url(); }
void reel_curl_url_free(CURLU *url) { curl.url_cleanup(url); }
CURLUcode reel_curl_url_set(CURLU *url, CURLUPart part, const char *value, unsigned int flags) {
  return curl.url_set(url, part, value, flags);
}
CURLUcode reel_curl_url_get(CURLU *url, CURLUPart part, char **value, unsigned int flags) {
  return curl.url_get(url, part, value, flags);
}
const char *reel_curl_url_strerror(CURLUcode code) { return curl.url_strerror(code); }
void reel_curl_free(void *memory) { curl.free(memory); }

const size_t reel_curl_abort_reading = CURL_READFUNC_ABORT;
const unsigned int reel_curl_default_port = CURLU_DEFAULT_PORT;
