#include <reel_vips.h>
