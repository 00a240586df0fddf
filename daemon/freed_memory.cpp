#include "daemon/freed_memory.h"

#include <malloc.h>

namespace faultprint::daemon {

// glibc raises what a heap keeps free at its end to twice the largest block ever freed, up to
// 64 MiB, and malloc_trim() takes it back from the first heap alone; there is one for each thread.
// Blocks of a request's size stay in the heaps, as without this: to map each of them anew costs a
// tenth of the CPU time a record takes.
void keep_little_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 2 * 1024 * 1024);
  mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
}

void give_back_freed_memory() { malloc_trim(0); }

}  // namespace faultprint::daemon
