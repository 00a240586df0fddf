// Work on the rows of a batch, shared out among threads. The parts are the same whatever the number
// of threads, so that what is summed up part by part has the same bits.
#pragma once

#include <algorithm>
#include <future>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

inline constexpr int kParts = 8;  // no more threads than this are of use

// Calls work(part, first, count) for each part of [0, rows) that is not empty: on the caller's
// thread and up to `threads` - 1 others, which have ended when this returns. work must not write
// what other parts use. What it throws is thrown here.
template <typename Work>
void in_parts(Eigen::Index rows, int threads, const Work& work) {
  const auto of_thread = [&](int thread, int step) {
    for (int part = thread; part < kParts; part += step) {
      const Eigen::Index first = rows * part / kParts;
      const Eigen::Index count = rows * (part + 1) / kParts - first;
      if (count > 0) work(part, first, count);
    }
  };
  const int used = std::clamp(threads, 1, kParts);
  std::vector<std::future<void>> others;
  for (int thread = 1; thread < used; ++thread)
    others.push_back(std::async(std::launch::async, of_thread, thread, used));
  of_thread(0, used);
  for (std::future<void>& other : others) other.get();
}

}  // namespace faultprint::model
