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
// The project that `reel init` writes.
static const unsigned char starter_project_json[] = {
#embed "../../starter/project.json" suffix(, 0)
};
static const unsigned char starter_library_look_json[] = {
#embed "../../starter/library/look.json" suffix(, 0)
};
static const unsigned char starter_library_anna_json[] = {
#embed "../../starter/library/anna.json" suffix(, 0)
};
static const unsigned char starter_sequences_sequence_001_json[] = {
#embed "../../starter/sequences/sequence_001.json" suffix(, 0)
};
static const unsigned char starter_sequences_sequence_002_json[] = {
#embed "../../starter/sequences/sequence_002.json" suffix(, 0)
};
static const unsigned char starter_dot_gitignore[] = {
#embed "../../starter/dot-gitignore" suffix(, 0)
};
static const unsigned char starter_dot_gitattributes[] = {
#embed "../../starter/dot-gitattributes" suffix(, 0)
};
static const unsigned char harbour[] = {
#embed "../../sample-project/inbox/harbour.jpg" suffix(, 0)
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
    {"starter/project.json", starter_project_json, sizeof starter_project_json - 1},
    {"starter/library/look.json", starter_library_look_json, sizeof starter_library_look_json - 1},
    {"starter/library/anna.json", starter_library_anna_json, sizeof starter_library_anna_json - 1},
    {"starter/sequences/sequence_001.json", starter_sequences_sequence_001_json, sizeof starter_sequences_sequence_001_json - 1},
    {"starter/sequences/sequence_002.json", starter_sequences_sequence_002_json, sizeof starter_sequences_sequence_002_json - 1},
    {"starter/dot-gitignore", starter_dot_gitignore, sizeof starter_dot_gitignore - 1},
    {"starter/dot-gitattributes", starter_dot_gitattributes, sizeof starter_dot_gitattributes - 1},
    {"sample-project/inbox/harbour.jpg", harbour, sizeof harbour - 1},
};

int reel_asset_count(void) { return (int)(sizeof assets / sizeof assets[0]); }

static int is_known(int index) { return index >= 0 && index < reel_asset_count(); }

const char *reel_asset_name(int index) { return is_known(index) ? assets[index].name : NULL; }

const unsigned char *reel_asset_bytes(int index) { return is_known(index) ? assets[index].bytes : NULL; }

size_t reel_asset_length(int index) { return is_known(index) ? assets[index].length : 0; }
