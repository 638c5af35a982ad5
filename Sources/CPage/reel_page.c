#include "reel_page.h"

// Every file of Sources/CPage/files stands here twice: embedded, and in the list below. Tests/PageTests hold both against the folder.
// The compiler's dependency file names what is embedded: a changed file builds this one again.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char actions_js[] = {
#embed "files/actions.js"
};
static const unsigned char api_js[] = {
#embed "files/api.js"
};
static const unsigned char board_js[] = {
#embed "files/board.js"
};
static const unsigned char card_js[] = {
#embed "files/card.js"
};
static const unsigned char contact_js[] = {
#embed "files/contact.js"
};
static const unsigned char details_js[] = {
#embed "files/details.js"
};
static const unsigned char diff_js[] = {
#embed "files/diff.js"
};
static const unsigned char dom_js[] = {
#embed "files/dom.js"
};
static const unsigned char editor_js[] = {
#embed "files/editor.js"
};
static const unsigned char engines_js[] = {
#embed "files/engines.js"
};
static const unsigned char export_js[] = {
#embed "files/export.js"
};
static const unsigned char filters_js[] = {
#embed "files/filters.js"
};
static const unsigned char footer_js[] = {
#embed "files/footer.js"
};
static const unsigned char grid_view_js[] = {
#embed "files/grid-view.js"
};
static const unsigned char grid_css[] = {
#embed "files/grid.css"
};
static const unsigned char grid_js[] = {
#embed "files/grid.js"
};
static const unsigned char header_js[] = {
#embed "files/header.js"
};
static const unsigned char help_js[] = {
#embed "files/help.js"
};
static const unsigned char history_js[] = {
#embed "files/history.js"
};
static const unsigned char hover_js[] = {
#embed "files/hover.js"
};
static const unsigned char icon_svg[] = {
#embed "files/icon.svg"
};
static const unsigned char icons_js[] = {
#embed "files/icons.js"
};
static const unsigned char inbox_js[] = {
#embed "files/inbox.js"
};
static const unsigned char index_html[] = {
#embed "files/index.html"
};
static const unsigned char library_save_js[] = {
#embed "files/library-save.js"
};
static const unsigned char library_js[] = {
#embed "files/library.js"
};
static const unsigned char main_js[] = {
#embed "files/main.js"
};
static const unsigned char marks_js[] = {
#embed "files/marks.js"
};
static const unsigned char page_css[] = {
#embed "files/page.css"
};
static const unsigned char picture_js[] = {
#embed "files/picture.js"
};
static const unsigned char rail_js[] = {
#embed "files/rail.js"
};
static const unsigned char replay_js[] = {
#embed "files/replay.js"
};
static const unsigned char route_js[] = {
#embed "files/route.js"
};
static const unsigned char shot_panel_js[] = {
#embed "files/shot-panel.js"
};
static const unsigned char shot_css[] = {
#embed "files/shot.css"
};
static const unsigned char shot_js[] = {
#embed "files/shot.js"
};
static const unsigned char store_js[] = {
#embed "files/store.js"
};
static const unsigned char stream_js[] = {
#embed "files/stream.js"
};
static const unsigned char strips_js[] = {
#embed "files/strips.js"
};
static const unsigned char theme_js[] = {
#embed "files/theme.js"
};
static const unsigned char toasts_js[] = {
#embed "files/toasts.js"
};
static const unsigned char tokens_css[] = {
#embed "files/tokens.css"
};
static const unsigned char viewer_js[] = {
#embed "files/viewer.js"
};
static const unsigned char views_css[] = {
#embed "files/views.css"
};
static const unsigned char words_js[] = {
#embed "files/words.js"
};

#define FILE(name, bytes) {name, bytes, sizeof bytes}

static const struct {
  const char *name;
  const unsigned char *bytes;
  size_t length;
} files[] = {
    FILE("actions.js", actions_js),
    FILE("api.js", api_js),
    FILE("board.js", board_js),
    FILE("card.js", card_js),
    FILE("contact.js", contact_js),
    FILE("details.js", details_js),
    FILE("diff.js", diff_js),
    FILE("dom.js", dom_js),
    FILE("editor.js", editor_js),
    FILE("engines.js", engines_js),
    FILE("export.js", export_js),
    FILE("filters.js", filters_js),
    FILE("footer.js", footer_js),
    FILE("grid-view.js", grid_view_js),
    FILE("grid.css", grid_css),
    FILE("grid.js", grid_js),
    FILE("header.js", header_js),
    FILE("help.js", help_js),
    FILE("history.js", history_js),
    FILE("hover.js", hover_js),
    FILE("icon.svg", icon_svg),
    FILE("icons.js", icons_js),
    FILE("inbox.js", inbox_js),
    FILE("index.html", index_html),
    FILE("library-save.js", library_save_js),
    FILE("library.js", library_js),
    FILE("main.js", main_js),
    FILE("marks.js", marks_js),
    FILE("page.css", page_css),
    FILE("picture.js", picture_js),
    FILE("rail.js", rail_js),
    FILE("replay.js", replay_js),
    FILE("route.js", route_js),
    FILE("shot-panel.js", shot_panel_js),
    FILE("shot.css", shot_css),
    FILE("shot.js", shot_js),
    FILE("store.js", store_js),
    FILE("stream.js", stream_js),
    FILE("strips.js", strips_js),
    FILE("theme.js", theme_js),
    FILE("toasts.js", toasts_js),
    FILE("tokens.css", tokens_css),
    FILE("viewer.js", viewer_js),
    FILE("views.css", views_css),
    FILE("words.js", words_js),
};

int reel_page_count(void) { return (int)(sizeof files / sizeof files[0]); }

static int is_known(int index) { return index >= 0 && index < reel_page_count(); }

const char *reel_page_name(int index) { return is_known(index) ? files[index].name : NULL; }

const unsigned char *reel_page_bytes(int index) { return is_known(index) ? files[index].bytes : NULL; }

size_t reel_page_length(int index) { return is_known(index) ? files[index].length : 0; }
