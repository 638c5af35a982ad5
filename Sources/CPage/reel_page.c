#include "reel_page.h"

// Every file of Sources/CPage/files stands here twice: embedded, and in the list below. Tests/PageTests hold both against the folder.
// The compiler's dependency file names what is embedded: a changed file builds this one again.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "files/index.html"
};
static const unsigned char main_js[] = {
#embed "files/main.js"
};
static const unsigned char page_css[] = {
#embed "files/page.css"
};

#define FILE(name, bytes) {name, bytes, sizeof bytes}

static const struct {
  const char *name;
  const unsigned char *bytes;
  size_t length;
} files[] = {
    FILE("index.html", index_html),
    FILE("main.js", main_js),
    FILE("page.css", page_css),
};

int reel_page_count(void) { return (int)(sizeof files / sizeof files[0]); }

static int is_known(int index) { return index >= 0 && index < reel_page_count(); }

const char *reel_page_name(int index) { return is_known(index) ? files[index].name : NULL; }

const unsigned char *reel_page_bytes(int index) { return is_known(index) ? files[index].bytes : NULL; }

size_t reel_page_length(int index) { return is_known(index) ? files[index].length : 0; }
