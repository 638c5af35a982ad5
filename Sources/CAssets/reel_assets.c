#include <reel_assets.h>
