// The hashes themselves, without the framework of providers that OpenSSL 3 looks them up in: that one would bring the whole library
// along, and for texts of some hundred bytes it takes longer than hashing them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
