#include "daemon/training_progress.h"

#include <doctest/doctest.h>

#include <csignal>

namespace faultprint::daemon {
namespace training_progress_test {

model::EpochReport report() {
  model::EpochReport r;
  r.epoch = 2;
  r.epochs = 20;
  r.loss = 1.25;
  r.mean_positive = 0.5;
  r.mean_negative = 2;
  r.active = 0.125;
  return r;
}

TEST_CASE("an epoch's note has the signs of collapse, and leaves out what was not measured") {
  model::EpochReport r = report();
  CHECK(epoch_note(r, false) == "run 1 epoch  2/20  loss 1.2500  d_p 0.500  d_n 2.000");
  r.effective_rank = 6.25;
  r.saturated = 0.1;
  r.validation_f1 = 0.5;
  CHECK(epoch_note(r, false) ==
        "run 1 epoch  2/20  loss 1.2500  d_p 0.500  d_n 2.000  rank 6.2  saturated 10 %  "
        "validation F1 0.500");
  CHECK(epoch_note(r, true).find("saturated 10 %  active 12.5 %") != std::string::npos);
  r.validation_f1 = -1;
  r.made_up_auroc = 0.9;
  r.made_up_named = 0.4;
  CHECK(epoch_note(r, false).ends_with("saturated 10 %  made-up faults: AUROC 0.900, named 0.400"));
}

TEST_CASE("Ctrl-C and SIGTERM end training while a guard lives, and go back to what they were") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto old = std::signal(signal, SIG_IGN);
    {
      const InterruptGuard guard;
      CHECK(!InterruptGuard::interrupted());
      std::raise(signal);
      CHECK(InterruptGuard::interrupted());
    }
    CHECK((std::signal(signal, old) == SIG_IGN));
    const InterruptGuard next;
    CHECK(!InterruptGuard::interrupted());
  }
}

}  // namespace training_progress_test
}  // namespace faultprint::daemon
