#include "daemon/freed_memory.h"

#include <malloc.h>

namespace faultprint::daemon {

void give_back_freed_memory() { malloc_trim(0); }

}  // namespace faultprint::daemon
