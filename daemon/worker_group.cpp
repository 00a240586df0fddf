#include "daemon/worker_group.h"

#include <algorithm>

#include "ingest/element_globs.h"

namespace faultprint::daemon {

WorkerGroup::WorkerGroup(const config::Config& all, const config::GroupConfig& one,
                         GroupRules rules)
    : config(all.of_group(one)),
      model(std::move(rules.model)),
      plans(std::move(rules.plans)),
      memory(std::make_shared<ingest::ElementMemory>(model->input)),
      decoders(config, model->input) {
  config.group().alarms = std::move(rules.alarms);
}

bool WorkerGroup::takes(std::string_view element) const {
  return takes_all() || ingest::matches_any(config.group().elements, element);
}

void WorkerGroup::adopt(const GroupRules& rules) {
  model = rules.model;
  plans = rules.plans;
  config.group().alarms = rules.alarms;
}

GroupShare::GroupShare(WorkerGroup& of, const std::string& topic)
    : group(of),
      plans(of.plans),
      pipeline(of.model, of.config, ingest::WindowStore::options(of.stream()), of.memory, of.plans),
      decoder(&of.decoders.of(topic)) {}

ThingsOfRecord::Thing& ThingsOfRecord::at(std::uint32_t part) {
  if (part >= things_.size()) things_.resize(std::size_t{part} + 1);
  return things_[part];
}

void ThingsOfRecord::note(std::uint32_t part, ingest::RejectReason reason) {
  using ingest::RejectReason;
  Thing& thing = at(part);
  const bool says_little =
      thing.reason == RejectReason::other_kpis || thing.reason == RejectReason::no_kpis;
  if (!thing.settled && says_little) thing.reason = reason;
}

void ThingsOfRecord::count(ingest::RejectCounts& counts) const {
  for (const Thing& thing : things_) ++counts[static_cast<std::size_t>(thing.reason)];
}

}  // namespace faultprint::daemon
