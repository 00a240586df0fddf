// Protocols: ways of dividing one labelled history into what a model learns from and what it is
// judged on, so that `evaluate` measures what will be asked of it. Planning alone: no model here.
//
//   time         learn before a time, judge after it
//   elements     each element judged by a model that never saw it (folds of elements)
//   fault-types  `time`, with each fault type in turn left out of the learning
//   enrol        the same, then that type enrolled from 1, 5, 10 of its incidents before the time
//   network      learn on this network, judge on another one
//
// No window, no slot and no incident is on both sides:
// - time: an incident that does not end before the time, or begins less than a window after it,
//   belongs to neither side; nor do slots less than a window after it, as windows that end there
//   reach back. Baselines go on across it as they do in live use: they know no label.
// - elements: the records of elements that are left out are not read in training, be it for the
//   network's figures. An incident (a glob) on elements of both sides is ignored in training and
//   judged on those left out. (A row is an incident: one event written as a row for each element is
//   several.)
// - fault-types, enrol: incidents of the type left out are ignored in training, and so are those
//   not drawn when it is enrolled: they are no normal either.
// - network: an element that reports in both histories at the same time is an error.
// Baselines are made from the windows that the model was trained on and enrolled from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/incident_rows.h"
#include "daemon/survey.h"

namespace faultprint::daemon {

enum class Protocol { time, elements, fault_types, enrol, network };
const std::vector<std::string>& protocol_names();  // in that order

struct ProtocolOptions {
  Protocol protocol = Protocol::time;
  std::string split = "0.7";  // a time, or the share of the records that lie before it
  int folds = 4;              // elements
  std::vector<int> shots = {1, 5, 10};
  int repeat = 1;  // seeds: that of training and those after it
  DataFiles other;
};

struct ProtocolRound {
  std::string model;  // rounds of one name learn the same
  IncidentRows learned;
  Wanted learned_on;  // records
  Wanted judged_on;
};

// Figures of its own: rounds whose judgements count as one.
struct ProtocolPart {
  std::string name;   // "bgp_clear after 5 incidents, seed 2"
  std::string group;  // of parts to be averaged
  std::uint64_t seed = 1;
  std::string fault_type;  // left out, or enrolled; empty: neither
  int shots = 0;           // incidents enrolled
  IncidentRows enrolled;
  IncidentRows judged;
  std::vector<ProtocolRound> rounds;
};

struct ProtocolPlan {
  std::string division;  // in words
  std::vector<ProtocolPart> parts;
  std::vector<std::string> notes;  // what could not be, and why
};

// window_us: of a window. std::runtime_error, naming the option to change, where nothing can be
// learned or judged. `network` needs the other network's survey and incidents.
struct ProtocolHistory {
  Survey survey;
  IncidentRows incidents;
};
ProtocolPlan plan_protocol(const ProtocolOptions& options, std::uint64_t seed,
                           const ProtocolHistory& history,
                           const std::optional<ProtocolHistory>& other, config::Microseconds period,
                           int window);

}  // namespace faultprint::daemon
