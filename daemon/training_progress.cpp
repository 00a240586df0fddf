#include "daemon/training_progress.h"

#include <cstdio>

namespace faultprint::daemon {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

void on_interrupt(int) {
  g_interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  g_interrupted = 0;
  old_interrupt_ = std::signal(SIGINT, on_interrupt);
  old_terminate_ = std::signal(SIGTERM, on_interrupt);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, old_interrupt_);
  std::signal(SIGTERM, old_terminate_);
}

bool InterruptGuard::interrupted() { return g_interrupted != 0; }

Teller::Teller(const Progress& progress, const std::string& what, double first, double last)
    : progress_(progress), first_(first), last_(last) {
  if (!progress_) bar_.emplace(what);
}

void Teller::show(double share) {
  if (bar_) return bar_->show(share);
  progress_(first_ + share * (last_ - first_));
}

void Teller::step(double share, const std::string& note) {
  if (bar_) return bar_->step(share, note);
  show(share);
}

void Teller::done(const std::string& note) {
  if (bar_) bar_->done(note);
}

std::string epoch_note(const model::EpochReport& r, bool hinge) {
  char text[160];
  std::snprintf(text, sizeof text, "run %d epoch %2d/%d  loss %.4f  d_p %.3f  d_n %.3f", r.run,
                r.epoch, r.epochs, r.loss, r.mean_positive, r.mean_negative);
  std::string note = text;
  const auto add = [&](const char* format, double value) {
    if (value < 0) return;
    std::snprintf(text, sizeof text, format, value);
    note += text;
  };
  add("  rank %.1f", r.effective_rank);
  add("  saturated %.0f %%", 100 * r.saturated);
  if (hinge) add("  active %.1f %%", 100 * r.active);
  add("  validation F1 %.3f", r.validation_f1);
  add("  unknown AUROC %.3f", r.novel_auroc);
  add("  made-up faults: AUROC %.3f", r.made_up_auroc);
  add(", named %.3f", r.made_up_named);
  return note;
}

}  // namespace faultprint::daemon
