// `faultprint enroll`, `forget` and `rename` without their command lines.
#pragma once

#include <map>
#include <string>

#include "daemon/dataset.h"
#include "daemon/loaded_model.h"
#include "model/enrolment.h"

namespace faultprint::daemon {

struct EnrolRequest {
  std::string model;  // the file
  DataFiles files;
  // Of the incidents, those of this type alone; where none is, those of type `unknown` are taken
  // as it. Empty: every type of the file.
  std::string fault_type;
  bool replace = false;       // what the model referred to goes: this data's references alone
  bool dry_run = false;       // write nothing; say what would change
  bool accept_worse = false;  // write even what names the types known before worse
  std::string out;
  std::uint64_t seed = 1;
  Progress progress = {};  // told of the reading; none: a bar on standard error
};

// How verdicts and alarms on the given history change: "was -> is now" to how often.
struct VerdictChanges {
  std::map<std::string, long> windows;
  std::map<std::string, std::pair<long, long>> alarms;  // raised by type, before and after
};

struct EnrolSummary {
  model::EnrolResult result;
  std::string fingerprint_before;
  std::string fingerprint;
  std::string kept;  // where the old model went that --out names; empty: it was not in the way
  VerdictChanges changes;  // dry_run alone
  // The types known before are named worse than may be, on the model's references; without
  // accept_worse nothing was written then.
  bool worse = false;
};

struct Enrolled {
  LoadedModel model;
  model::EnrolResult result;
};

// In memory: the history and how to enrol are the request's, model and incidents those given.
// std::runtime_error when no incident can be used.
Enrolled enrol_into(const LoadedModel& old, const config::Config& config,
                    const EnrolRequest& request, const ingest::Incidents& incidents);

// By files, which are not touched when no incident can be used (std::runtime_error).
EnrolSummary enrol_model(const config::Config& config, const EnrolRequest& request);

}  // namespace faultprint::daemon
