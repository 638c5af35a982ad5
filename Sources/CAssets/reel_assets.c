#include "reel_assets.h"

// #embed is C23; clang knows it in every mode and would only warn that it is new. Paths go from this file's folder, and the
// compiler's dependency file lists what was embedded: a changed schema builds this file again.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char project[] = {
#embed "../../schemas/project.schema.json" suffix(, 0)
};
static const unsigned char sequence[] = {
#embed "../../schemas/sequence.schema.json" suffix(, 0)
};
static const unsigned char library[] = {
#embed "../../schemas/library.schema.json" suffix(, 0)
};
static const unsigned char sidecar[] = {
#embed "../../schemas/sidecar.schema.json" suffix(, 0)
};
static const unsigned char ratings[] = {
#embed "../../schemas/ratings.schema.json" suffix(, 0)
};
static const unsigned char config[] = {
#embed "../../schemas/config.schema.json" suffix(, 0)
};

static const struct {
  const char *name;
  const unsigned char *bytes;
  size_t length;
} assets[] = {
    {"schemas/project.schema.json", project, sizeof project - 1},
    {"schemas/sequence.schema.json", sequence, sizeof sequence - 1},
    {"schemas/library.schema.json", library, sizeof library - 1},
    {"schemas/sidecar.schema.json", sidecar, sizeof sidecar - 1},
    {"schemas/ratings.schema.json", ratings, sizeof ratings - 1},
    {"schemas/config.schema.json", config, sizeof config - 1},
};

int reel_asset_count(void) { return (int)(sizeof assets / sizeof assets[0]); }

static int is_known(int index) { return index >= 0 && index < reel_asset_count(); }

const char *reel_asset_name(int index) { return is_known(index) ? assets[index].name : NULL; }

const unsigned char *reel_asset_bytes(int index) { return is_known(index) ? assets[index].bytes : NULL; }

size_t reel_asset_length(int index) { return is_known(index) ? assets[index].length : 0; }
