// zlib packs what services keep for long. The research half has a module of its own for it, which is not a product.
#include <zlib.h>
