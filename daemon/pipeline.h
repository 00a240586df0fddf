// One partition's way from samples to verdicts and alarm events: its windows and its alarms. The
// same object serves `run`, `replay` and `evaluate`. Not thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "daemon/alarm_tracker.h"
#include "daemon/scorer.h"
#include "daemon/silence_alarms.h"
#include "ingest/window_store.h"

namespace faultprint::daemon {

class Pipeline {
 public:
  // config: of the pipeline's group alone.
  Pipeline(ModelPointer model, const config::Config& config,
           const ingest::WindowStore::Options& options,
           std::shared_ptr<ingest::ElementMemory> memory = nullptr, AlarmPlans plans = {});

  ingest::RejectReason add(const ingest::KpiSample& sample, std::int64_t record_time_us) {
    return store_.add(sample, record_time_us);
  }
  // As of WindowStore.
  bool unfinished() const { return store_.unfinished(); }
  void resume() { store_.resume(); }
  void flush() { store_.flush(); }
  bool pending() const { return !store_.batch_empty(); }

  // Verdicts of the batch so far, in order, and the alarm events they make. Valid, like
  // store().batch(), until finish_batch().
  const std::vector<Verdict>& process(Scorer& scorer, std::vector<AlarmEvent>& events);
  // The same when the scorer has scored several stores, this one at `place`.
  const std::vector<Verdict>& follow(Scorer& scorer, std::size_t place,
                                     std::vector<AlarmEvent>& events);
  void finish_batch() { store_.clear_batch(); }

  // Another model or other alarm rules, between batches. The model's InputSpec must not differ but
  // in the network's figures, which start elements that are new from now on. The same model goes on
  // with the evidence it has, as it would after a restart.
  void adopt(ModelPointer model, const config::AlarmConfig& alarms,
             std::vector<AlarmEvent>& events);
  void set_folded(const AlarmEvent& event);
  void set_plans(const AlarmPlans& plans);

  ingest::WindowStore& store() { return store_; }
  const ingest::WindowStore& store() const { return store_; }
  const AlarmTracker& alarms() const { return alarms_; }
  const SilenceAlarms& silences() const { return silences_; }
  std::vector<ActiveAlarm> active_alarms() const;  // of all kinds
  const LoadedModel& model() const { return *model_; }
  // Of elements; "": the configuration has none. What is told has it, and ids begin with it; what
  // is kept has not.
  const std::string& group() const { return group_; }
  std::string line(const Verdict& verdict) const {
    return to_json_line(verdict, store_, *model_, group_);
  }

  void write(ingest::StateWriter& out) const;
  // fingerprint: of the model it was written under. Evidence of another one is dropped, and alarms
  // that this one cannot name are cleared.
  void read(ingest::StateReader& in, const std::string& fingerprint,
            std::vector<AlarmEvent>& events);

 private:
  void name_group(std::vector<AlarmEvent>& events, std::size_t from) const;
  static void set_detected(std::int64_t decided_us, std::vector<AlarmEvent>& events,
                           std::size_t from);

  std::string group_;
  ModelPointer model_;
  ingest::WindowStore store_;
  AlarmRules rules_;
  AlarmTracker alarms_;
  SilenceAlarms silences_;
};

}  // namespace faultprint::daemon
