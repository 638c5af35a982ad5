#pragma once
// libcurl, loaded when a server is first asked for something and not linked: with its twenty-five libraries it costs every start of a
// program 4 to 6 ms of processor time, and most starts ask no server. Calls go through a table whose pointers have the types of
// curl's own header, so the compiler checks them. Options and facts, which curl takes as varargs, are set by type.
//
// Nothing but reel_curl_load may be called before that has returned NULL.
#include <curl/curl.h>
#include <stddef.h>

/// Loads libcurl.so.4 and prepares it. Returns NULL, or what is wrong. Once it has returned NULL it does so again at once; not for
/// several threads at a time.
const char *reel_curl_load(void);

CURL *reel_curl_easy_init(void);
void reel_curl_easy_cleanup(CURL *easy);
const char *reel_curl_easy_strerror(CURLcode code);
CURLcode reel_curl_easy_send(CURL *easy, const void *bytes, size_t count, size_t *sent);
CURLcode reel_curl_easy_recv(CURL *easy, void *buffer, size_t count, size_t *received);

CURLM *reel_curl_multi_init(void);
CURLMcode reel_curl_multi_cleanup(CURLM *multi);
CURLMcode reel_curl_multi_add(CURLM *multi, CURL *easy);
CURLMcode reel_curl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode reel_curl_multi_perform(CURLM *multi, int *running);
CURLMcode reel_curl_multi_poll(CURLM *multi, struct curl_waitfd extra[], unsigned int count, int milliseconds);
CURLMcode reel_curl_multi_wakeup(CURLM *multi);
/// The next transfer that is over, and how it ended; NULL when there is none.
CURL *reel_curl_multi_next_done(CURLM *multi, CURLcode *result);
/// How many connections that nobody uses are kept.
CURLMcode reel_curl_multi_keep(CURLM *multi, long connections);

CURLcode reel_curl_set_number(CURL *easy, CURLoption option, long value);
CURLcode reel_curl_set_size(CURL *easy, CURLoption option, curl_off_t value);
/// Curl keeps a copy.
CURLcode reel_curl_set_text(CURL *easy, CURLoption option, const char *value);
/// Curl keeps the pointer: to a list of headers, a form, a buffer for errors.
CURLcode reel_curl_set_pointer(CURL *easy, CURLoption option, void *value);
/// Of all of this curl itself tells nothing.
struct reel_curl_opened {
  /// The errno with which no socket could be opened; 0 when all could.
  int error;
  /// The last one; -1 before there is one, as on a connection that was kept.
  int socket;
};
/// What holds for all transfers alike: HTTP and HTTPS only, HTTP/1.1, no signals, no redirects, sockets that programs we start do not get.
/// What becomes of the sockets that it opens is written to `*opened`.
CURLcode reel_curl_set_defaults(CURL *easy, struct reel_curl_opened *opened);
/// Bytes that the kernel holds for the other end, which has not acknowledged them yet; -1 where the socket is no longer the one whose own
/// port this is. (While a transfer runs, curl does not tell its socket.)
int reel_curl_unsent(int socket, int port);

/// What a transfer calls, all with the same pointer.
struct reel_curl_callbacks {
  size_t (*header)(char *bytes, size_t size, size_t count, void *context);
  size_t (*body)(char *bytes, size_t size, size_t count, void *context);
  /// Called before the first byte of a request is sent, on a connection that stands.
  int (*before)(void *context, char *peer, char *self, int peer_port, int self_port);
};
CURLcode reel_curl_set_callbacks(CURL *easy, struct reel_curl_callbacks callbacks, void *context);
/// Where the body of a request comes from.
CURLcode reel_curl_set_source(CURL *easy, curl_read_callback read, curl_seek_callback seek, void *context);

CURLcode reel_curl_get_number(CURL *easy, CURLINFO fact, long *value);
CURLcode reel_curl_get_size(CURL *easy, CURLINFO fact, curl_off_t *value);
CURLcode reel_curl_get_socket(CURL *easy, curl_socket_t *socket);

struct curl_slist *reel_curl_list_append(struct curl_slist *list, const char *line);
void reel_curl_list_free(struct curl_slist *list);

curl_mime *reel_curl_form(CURL *easy);
void reel_curl_form_free(curl_mime *form);
curl_mimepart *reel_curl_form_add(curl_mime *form, const char *name);
CURLcode reel_curl_part_text(curl_mimepart *part, const char *text, size_t count);
CURLcode reel_curl_part_source(curl_mimepart *part, curl_off_t size, curl_read_callback read, curl_seek_callback seek, void *context);
CURLcode reel_curl_part_file(curl_mimepart *part, const char *name, const char *type);

CURLU *reel_curl_url(void);
void reel_curl_url_free(CURLU *url);
CURLUcode reel_curl_url_set(CURLU *url, CURLUPart part, const char *value, unsigned int flags);
/// The text is freed with reel_curl_free.
CURLUcode reel_curl_url_get(CURLU *url, CURLUPart part, char **value, unsigned int flags);
const char *reel_curl_url_strerror(CURLUcode code);
void reel_curl_free(void *memory);

// Macros that Swift does not import.
extern const size_t reel_curl_abort_reading;
extern const unsigned int reel_curl_default_port;
