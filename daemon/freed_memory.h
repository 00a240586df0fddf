// Memory that is free within the process, and that its heaps keep.
#pragma once

namespace faultprint::daemon {

// Gives it back to the system: milliseconds, for after what needed much for a moment.
void give_back_freed_memory();

}  // namespace faultprint::daemon
