// What a training says while it works, and how it is told to end.
#pragma once

#include <csignal>
#include <optional>
#include <string>

#include "daemon/dataset.h"
#include "daemon/terminal.h"
#include "model/trainer.h"

namespace faultprint::daemon {

// While one lives Ctrl-C and SIGTERM end training with the best so far; a second signal ends the
// program.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  // Since the last guard was made.
  static bool interrupted();

 private:
  void (*old_interrupt_)(int) = nullptr;
  void (*old_terminate_)(int) = nullptr;
};

// What is said of a part of the work: a bar for people, or the share of all of it to who asked.
class Teller {
 public:
  // progress: empty for a bar.
  Teller(const Progress& progress, const std::string& what, double first, double last);
  void show(double share);
  void step(double share, const std::string& note);
  void done(const std::string& note);

 private:
  const Progress& progress_;
  double first_;
  double last_;
  std::optional<ProgressBar> bar_;
};

// "run 1 epoch 2/20  loss 1.2  d_p .1  d_n 2.5  rank 6.1 ...": what was not measured is left out.
// hinge: whether the loss has triplets that can be at rest.
std::string epoch_note(const model::EpochReport& report, bool hinge);

}  // namespace faultprint::daemon
