// What a worker keeps of one group of elements, and of a group's share of a partition.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/alarm_plans.h"
#include "daemon/control_plans.h"
#include "daemon/late_alarms.h"
#include "daemon/loaded_model.h"
#include "daemon/pipeline.h"
#include "daemon/topic_decoders.h"

namespace faultprint::daemon {

// What judges a group's elements; another one at a reload.
struct GroupRules {
  ModelPointer model;
  config::AlarmConfig alarms;
  AlarmPlans plans;
};

class WorkerGroup {
 public:
  // all: with all groups, of which this is one.
  WorkerGroup(const config::Config& all, const config::GroupConfig& one, GroupRules rules);

  const std::string& name() const { return config.group().name; }
  const config::StreamConfig& stream() const { return config.group().stream; }
  const config::AlarmConfig& alarms() const { return config.group().alarms; }
  bool takes_all() const { return config.group().elements.empty(); }
  bool takes(std::string_view element) const;
  void adopt(const GroupRules& rules);

  config::Config config;  // of this group alone
  ModelPointer model;
  AlarmPlans plans;
  std::shared_ptr<ingest::ElementMemory> memory;  // of its elements in all partitions
  TopicDecoders decoders;
  // What the control topic adds to plans of files, made once for all shares: Worker::plans_of().
  AlarmPlans of_files;
  AlarmPlans with_control;
  std::shared_ptr<const ControlPlans> control;
};

// Of one partition. Stays where it is.
struct GroupShare {
  GroupShare(WorkerGroup& of, const std::string& topic);

  WorkerGroup& group;
  AlarmPlans plans;  // of files, as they hold here: those of a reload may be yet to come
  Pipeline pipeline;
  TopicDecoder* decoder;  // the topic's
  LateAlarms late;
};

// What becomes of the things that one record holds, where several groups read it, or one of some
// elements: each is read by every group, and counted once. The group whose element it is says what;
// else the first that can tell more than that it has none of its KPIs.
class ThingsOfRecord {
 public:
  void begin() { things_.clear(); }
  void settle(std::uint32_t part, ingest::RejectReason reason) { at(part) = {reason, true}; }
  void note(std::uint32_t part, ingest::RejectReason reason);
  void count(ingest::RejectCounts& counts) const;

 private:
  struct Thing {
    ingest::RejectReason reason = ingest::RejectReason::other_kpis;
    bool settled = false;
  };
  Thing& at(std::uint32_t part);

  std::vector<Thing> things_;  // by KpiSample::part
};

}  // namespace faultprint::daemon
