// Declares what daemon/embed.inc has put into the program: from `symbol` to `symbol`_end, and a
// zero behind it.
#pragma once

#define FAULTPRINT_EMBEDDED(symbol) \
  extern "C" const char symbol[];   \
  extern "C" const char symbol##_end[]
