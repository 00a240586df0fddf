#include "daemon/protocol_run.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "daemon/enrolment_run.h"

namespace faultprint::daemon {
namespace {

class ProtocolRun {
 public:
  ProtocolRun(const config::Config& config, const TrainRequest& request,
              const ProtocolOptions& options, const Progress& progress)
      : config_(config), request_(request), progress_(progress) {
    result_.options = options;
    result_.seed = request.options.seed;
  }

  ProtocolResult run() {
    ProtocolPlan plan = make_plan();
    result_.division = plan.division;
    result_.notes = plan.notes;
    for (const ProtocolPart& part : plan.parts)
      steps_ += 2.0 * static_cast<double>(part.rounds.size());
    for (ProtocolPart& part : plan.parts) judge(std::move(part));
    if (result_.parts.empty()) throw std::runtime_error(result_.notes.back());
    return std::move(result_);
  }

 private:
  ProtocolPlan make_plan() {
    const auto history = [&](const DataFiles& files) {
      const auto incidents = ingest::Incidents::read(files.incidents, period());
      ProtocolHistory read{survey(config_, files, {}), incidents.rows()};
      HistoryTimes times;
      for (const auto& [element, span] : read.survey.elements)
        times.add(element, {span.first_us, span.last_us + 1});
      if (auto unmatched = require_some_matched(incidents, times))
        result_.unmatched.push_back(*std::move(unmatched));
      return read;
    };
    std::optional<ProtocolHistory> other;
    if (result_.options.protocol == Protocol::network) other = history(result_.options.other);
    return plan_protocol(result_.options, result_.seed, history(request_.files), other, period(),
                         config_.group().stream.window);
  }

  config::Microseconds period() const { return config_.group().stream.period; }

  // The next step of the whole work, in part done.
  Progress step() {
    return [this, begun = done_++](double share) {
      if (progress_) progress_((begun + share) / steps_);
    };
  }

  void judge(ProtocolPart part) {
    const ingest::Incidents incidents(part.judged, period());
    std::vector<EvaluationRound> rounds;
    ProtocolPartResult judged;
    for (const ProtocolRound& round : part.rounds) {
      ModelPointer model = trained(round, part.seed);
      judged.windows.push_back(windows_);
      if (!part.enrolled.empty()) model = enrolled(part, round, *model);
      if (!model) {
        done_ += 1;
        return;
      }
      DataFiles files =
          result_.options.protocol == Protocol::network ? result_.options.other : request_.files;
      files.wanted = round.judged_on;
      rounds.push_back({std::move(model), std::move(files)});
    }
    const auto judging = static_cast<double>(rounds.size());
    judged.result = evaluate_rounds(config_, rounds, incidents, [&](double share) {
      if (progress_) progress_((done_ + share * judging) / steps_);
    });
    done_ += judging;
    judged.part = std::move(part);
    result_.parts.push_back(std::move(judged));
  }

  // Parts that differ in what is enrolled follow each other, on the same model.
  ModelPointer trained(const ProtocolRound& round, std::uint64_t seed) {
    const Progress progress = step();
    if (model_ && round.model == model_name_) return model_;
    TrainRequest request = request_;
    request.files.wanted = round.learned_on;
    request.options.seed = seed;
    request.progress = progress;
    Learned learned = learn_part(request, round);
    if (learned.interrupted) throw std::runtime_error("interrupted: nothing was judged");
    ++result_.trainings;
    keep_warnings(learned.warnings);
    // Another network's elements are others, whatever their names.
    if (result_.options.protocol == Protocol::network) learned.model.carry_over = nullptr;
    windows_ = learned.windows;
    model_name_ = round.model;
    return model_ = std::make_shared<LoadedModel>(std::move(learned.model));
  }

  void keep_warnings(const std::vector<std::string>& texts) {
    std::set<std::string> codes;
    for (const std::string& text : texts) {
      const std::string code = text.substr(0, text.find(':'));
      ProtocolResult::Warning& warning = result_.warnings[code];
      if (codes.insert(code).second) ++warning.trainings;
      if (warning.text.empty()) warning.text = text;
    }
  }

  Learned learn_part(const TrainRequest& request, const ProtocolRound& round) const {
    try {
      return learn(config_, request, ingest::Incidents(round.learned, period()));
    } catch (const std::exception& e) {
      throw std::runtime_error(round.model + ": " + e.what());
    }
  }

  // Nothing where no incident could be: that is noted.
  ModelPointer enrolled(const ProtocolPart& part, const ProtocolRound& round,
                        const LoadedModel& model) {
    EnrolRequest request;
    request.files = request_.files;
    request.files.wanted = round.learned_on;
    request.seed = part.seed;
    request.progress = [](double) {};
    try {
      return std::make_shared<LoadedModel>(
          enrol_into(model, config_, request, ingest::Incidents(part.enrolled, period())).model);
    } catch (const std::runtime_error& e) {
      result_.notes.push_back(part.name + ": " + e.what());
      return nullptr;
    }
  }

  const config::Config& config_;
  const TrainRequest& request_;
  const Progress& progress_;
  double steps_ = 0;
  double done_ = 0;
  ModelPointer model_;  // the last one
  std::string model_name_;
  std::size_t windows_ = 0;
  ProtocolResult result_;
};

void add(const MethodScore& from, double share, MethodScore& sum) {
  sum.all.windows += from.all.windows;
  sum.all.accuracy += share * from.all.accuracy;
  sum.all.macro_f1 += share * from.all.macro_f1;
  sum.pure.macro_f1 += share * from.pure.macro_f1;
  IncidentScore& s = sum.incidents;
  s.incidents.insert(s.incidents.end(), from.incidents.incidents.begin(),
                     from.incidents.incidents.end());
  s.named += from.incidents.named;
  s.false_alarms.insert(s.false_alarms.end(), from.incidents.false_alarms.begin(),
                        from.incidents.false_alarms.end());
  s.element_days += from.incidents.element_days;
}

void set_median(IncidentScore& score) {
  std::vector<double> delays;
  for (const IncidentOutcome& o : score.incidents)
    if (o.delay_s) delays.push_back(*o.delay_s);
  if (!delays.empty()) score.median_delay_s = model::median(std::move(delays));
}

}  // namespace

ProtocolResult run_protocol(const config::Config& config, const TrainRequest& request,
                            const ProtocolOptions& options, const Progress& progress) {
  return ProtocolRun(config, request, options, progress).run();
}

EvaluationResult mean_of(const std::vector<const EvaluationResult*>& results) {
  EvaluationResult mean;
  const double share = 1.0 / static_cast<double>(results.size());
  std::vector<model::Detection> unknown;
  for (const EvaluationResult* r : results) {
    add(r->model, share, mean.model);
    for (const auto& [name, score] : r->baselines) add(score, share, mean.baselines[name]);
    if (r->unknown) unknown.push_back(*r->unknown);
    mean.not_scored += r->not_scored;
    for (std::size_t i = 0; i < mean.rejects.size(); ++i) mean.rejects[i] += r->rejects[i];
  }
  set_median(mean.model.incidents);
  for (auto& [name, score] : mean.baselines) set_median(score.incidents);
  if (!unknown.empty()) {
    mean.unknown.emplace();
    for (const model::Detection& d : unknown) {
      mean.unknown->auroc += d.auroc / static_cast<double>(unknown.size());
      mean.unknown->fpr95 += d.fpr95 / static_cast<double>(unknown.size());
    }
  }
  mean.evaluations = results.size();
  Tallies tallies;
  for (const EvaluationResult* r : results)
    if (r->tally) tallies.push_back(r->tally.get());
  if (!tallies.empty()) mean.set_intervals(intervals_of(tallies));
  return mean;
}

EvaluationResult mean_of_parts(const ProtocolParts& parts) {
  std::vector<const EvaluationResult*> results;
  for (const ProtocolPartResult* part : parts) results.push_back(&part->result);
  return mean_of(results);
}

std::vector<std::pair<std::string, ProtocolParts>> groups_of(const ProtocolResult& result) {
  std::vector<std::pair<std::string, ProtocolParts>> groups;
  for (const ProtocolPartResult& p : result.parts) {
    const auto found = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& group) { return group.first == p.part.group; });
    if (found == groups.end())
      groups.push_back({p.part.group, {&p}});
    else
      found->second.push_back(&p);
  }
  return groups;
}

TypeIntervals type_intervals(const ProtocolParts& parts, const std::string& baseline) {
  std::vector<TypeInPart> types;
  for (const ProtocolPartResult* p : parts) {
    const EvaluationResult& r = p->result;
    const auto at = std::find(r.classes.begin(), r.classes.end(), p->part.fault_type);
    const int number = at == r.classes.end() ? -1 : static_cast<int>(at - r.classes.begin());
    types.push_back({r.tally.get(), p->part.fault_type, number});
  }
  std::size_t method = 0;  // the model, then baselines in the order of their names
  if (!baseline.empty()) {
    const auto& baselines = parts.front()->result.baselines;
    method =
        1 + static_cast<std::size_t>(std::distance(baselines.begin(), baselines.find(baseline)));
  }
  return type_intervals(types, method);
}

OfType of_type(const MethodScore& score, const std::vector<std::string>& classes,
               const std::string& type) {
  OfType result;
  const auto at = std::find(classes.begin(), classes.end(), type);
  if (at != classes.end())
    result.f1 = score.all.per_class[static_cast<std::size_t>(at - classes.begin())].f1;
  for (const IncidentOutcome& o : score.incidents.incidents) {
    if (o.incident.fault_type != type) continue;
    ++result.incidents;
    if (o.delay_s) ++result.named;
    if (o.first_named == AlarmTracker::kUnknown) ++result.unknown;
  }
  return result;
}

}  // namespace faultprint::daemon
