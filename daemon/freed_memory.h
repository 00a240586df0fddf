// Memory that is free within the process, and that its heaps keep.
#pragma once

namespace faultprint::daemon {

// From now on much of it goes back by itself, whatever was needed at once before. To be called
// before there are threads.
void keep_little_freed_memory();

// Gives it back to the system: milliseconds, for after what needed much for a moment.
void give_back_freed_memory();

}  // namespace faultprint::daemon
