// The control topic's plans as workers see them: whole, and each time anew. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "daemon/control_plans.h"

namespace faultprint::daemon {

class ControlBoard {
 public:
  void show(ControlPlans plans) {
    auto shown = std::make_shared<const ControlPlans>(std::move(plans));
    const std::lock_guard lock(mutex_);
    plans_.swap(shown);
    ++version_;
  }
  // Grows with each change: cheap to ask.
  std::uint64_t version() const { return version_; }
  std::shared_ptr<const ControlPlans> plans() const {
    const std::lock_guard lock(mutex_);
    return plans_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ControlPlans> plans_ = std::make_shared<const ControlPlans>();
  std::atomic<std::uint64_t> version_ = 0;
};

}  // namespace faultprint::daemon
