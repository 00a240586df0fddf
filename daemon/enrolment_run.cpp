#include "daemon/enrolment_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "daemon/label_changes.h"
#include "daemon/mistaken_normal.h"
#include "daemon/model_card.h"
#include "daemon/pipeline.h"
#include "daemon/references.h"
#include "daemon/sitting_types.h"
#include "daemon/terminal.h"
#include "ingest/timestamp.h"
#include "model/safetensors.h"

namespace faultprint::daemon {
namespace {

// The incidents to enrol: other faults' rows stay, as `ignore`, so that they are not normal.
ingest::Incidents chosen_incidents(const EnrolRequest& request, config::Microseconds period) {
  const bool named = !request.fault_type.empty();
  if (const std::string wrong = ingest::fault_name_error(request.fault_type);
      named && !wrong.empty())
    throw std::runtime_error("--fault-type: " + wrong);
  const auto all =
      ingest::Incidents::read(request.files.incidents, {},
                              named ? ingest::UnknownRows::allowed : ingest::UnknownRows::refused);
  std::vector<ingest::Incident> rows = all.rows();
  const bool corrects =
      std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.false_alarm; });
  if (all.faults().empty() && !(corrects && !request.replace && !named))
    throw std::runtime_error(request.files.incidents.front() + ": it holds no incident");
  if (!named) return ingest::Incidents(std::move(rows), period);
  const auto any = [&](const std::string& type) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& row) { return row.fault_type == type; });
  };
  const std::string wanted = any(request.fault_type) ? request.fault_type : AlarmTracker::kUnknown;
  if (!any(wanted)) {
    std::set<std::string> types;
    for (const auto* incident : all.faults()) types.insert(incident->fault_type);
    std::string list;
    for (const std::string& type : types) list += (list.empty() ? "" : ", ") + type;
    throw std::runtime_error(request.files.incidents.front() + ": fault_type: no incident is '" +
                             request.fault_type + "' (or 'unknown'); there are: " + list);
  }
  for (ingest::Incident& row : rows) {
    if (row.fault_type == wanted)
      row.fault_type = request.fault_type;
    else if (row.fault_type != ingest::kNormal)
      row.fault_type = ingest::kIgnore;
  }
  return ingest::Incidents(std::move(rows), period);
}

// Normal windows are references where rows say so, or where nothing else remains (--replace).
void drop_unsaid_normal(Dataset& data, const ingest::Incidents& incidents, bool replace) {
  if (replace || incidents.has_normal_rows()) return;
  model::TrainingWindows& windows = data.windows;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows.labels[i] != 0) continue;
    const std::string& element =
        windows.element_names[static_cast<std::size_t>(windows.elements[i])];
    // Uncovered, but for an operator's word on a false alarm.
    if (incidents.at(element, windows.slots[i] * data.input.period.count()) == nullptr)
      windows.labels[i] = model::TrainingWindows::kUnused;
  }
}

model::EnrolReferences references_of(const LoadedModel& loaded) {
  model::EnrolReferences references{loaded.model.references, loaded.model.reference_labels, {}};
  const auto& windows = loaded.model.references.windows;
  for (Eigen::Index i = 0; i < windows.rows(); ++i) {
    const auto window = std::span(windows.row(i).data(), static_cast<std::size_t>(windows.cols()));
    references.calm.push_back(activity(window, loaded.input) <= loaded.calm_deviation ? 1 : 0);
  }
  return references;
}

// A model that knows nothing but this data's normal: what `--replace` enrols into.
model::ReferenceClusters normal_alone(const model::Model& old, const Dataset& data,
                                      std::uint64_t seed) {
  std::vector<std::size_t> rows;
  model::LabelledEmbeddings normal{ingest::kNormal, {}, {}};
  for (std::size_t i = 0; i < data.windows.size(); ++i) {
    if (data.windows.labels[i] != 0 || data.windows.pure[i] == 0) continue;
    rows.push_back(i);
    normal.groups.push_back(data.windows.elements[i]);
  }
  if (rows.size() < 2)
    throw std::runtime_error(
        "--replace needs windows of normal: the data has none outside the incidents");
  normal.embeddings = model::embed_rows(old.encoder, data.windows.windows, rows);
  const model::ClusterOptions options;
  model::Cluster cluster = model::build_cluster(normal, options.normal_prototypes, options, seed);
  // Distances keep their unit: the radius that the model's faults share.
  for (const model::Cluster& known : old.clusters.clusters())
    if (known.label == ingest::kNormal) cluster.radius = known.radius;
  std::vector<float> scores =
      model::held_out_distances(normal, options.normal_prototypes, options, seed);
  for (float& s : scores) s /= cluster.radius;
  model::set_scores(cluster, std::move(scores));
  return {{cluster}, old.clusters.alpha(), old.encoder.spec().width()};
}

// Types that another network's incidents replace are still what the encoder was trained with.
void keep_what_was_learned(model::ReferenceClusters& clusters,
                           const model::ReferenceClusters& old) {
  std::vector<model::Cluster> all = clusters.clusters();
  for (model::Cluster& cluster : all)
    if (const int same = old.index(cluster.label); same >= 0)
      cluster.enrolled = old.clusters()[static_cast<std::size_t>(same)].enrolled;
  const auto dimension = static_cast<int>(all.front().prototypes.cols());
  clusters = model::ReferenceClusters(std::move(all), clusters.alpha(), dimension);
}

// The windows enrolled stand beside the model's own, for the neighbour baseline and later
// enrolment. The rows that were taken.
std::vector<std::size_t> add_references(model::Model& model, const model::TrainingWindows& data,
                                        bool replace) {
  std::vector<std::size_t> added;
  constexpr std::size_t kMostOfALabel = 500;
  auto& references = model.references;
  if (replace) {
    references.windows.resize(0, references.windows.cols());
    references.labels.clear();
    model.reference_labels = {ingest::kNormal};
  }
  for (int c = 0; c < data.classes(); ++c) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < data.size(); ++i)
      if (data.labels[i] == c) rows.push_back(i);
    const std::size_t step = std::max<std::size_t>(1, rows.size() / kMostOfALabel);
    const std::string& label = data.class_names[static_cast<std::size_t>(c)];
    auto& labels = model.reference_labels;
    auto place = std::find(labels.begin(), labels.end(), label);
    if (place == labels.end()) place = labels.insert(labels.end(), label);
    const auto number = static_cast<int>(place - labels.begin());
    for (std::size_t i = 0; i < rows.size(); i += step) {
      references.windows.conservativeResize(references.windows.rows() + 1, data.windows.cols());
      references.windows.bottomRows(1) = data.windows.row(static_cast<Eigen::Index>(rows[i]));
      references.labels.push_back(number);
      added.push_back(rows[i]);
    }
  }
  return added;
}

struct Replayed {
  std::vector<std::string> verdicts;
  std::map<std::string, long> alarms;
};

Replayed verdicts_of(const config::Config& config, const ModelPointer& model,
                     const DataFiles& files) {
  Pipeline pipeline(model, config, file_options(config.group().stream));
  Scorer scorer;
  Replayed replayed;
  std::vector<AlarmEvent> events;
  read_history(
      config, model->input, files.history, pipeline.store(),
      [&] {
        for (const Verdict& verdict : pipeline.process(scorer, events)) {
          if (verdict.outcome == Outcome::not_scored) continue;
          replayed.verdicts.push_back(verdict.outcome == Outcome::fault
                                          ? model->label(verdict.match.nearest)
                                          : name(verdict.outcome));
        }
      },
      {}, files.wanted);
  for (const AlarmEvent& event : events)
    if (event.kind == AlarmEvent::Kind::raised) ++replayed.alarms[event.fault_type];
  return replayed;
}

VerdictChanges changes_between(const config::Config& config, const ModelPointer& before,
                               const ModelPointer& after, const DataFiles& files) {
  const Replayed was = verdicts_of(config, before, files);
  const Replayed is = verdicts_of(config, after, files);
  VerdictChanges changes;
  // With --replace an element's first slots may differ: then there is no window-to-window.
  if (was.verdicts.size() == is.verdicts.size())
    for (std::size_t i = 0; i < was.verdicts.size(); ++i)
      if (was.verdicts[i] != is.verdicts[i])
        ++changes.windows[was.verdicts[i] + " -> " + is.verdicts[i]];
  for (const auto& [type, count] : was.alarms) changes.alarms[type].first = count;
  for (const auto& [type, count] : is.alarms) changes.alarms[type].second = count;
  return changes;
}

Dataset read_evidence(const config::Config& config, const LoadedModel& model,
                      const EnrolRequest& request, const ingest::Incidents& incidents) {
  DatasetOptions options;
  options.seed = request.seed;
  if (!request.replace) {
    options.input = model.input;
    options.carry_over = model.carry_over;
  }
  if (model.calm_deviation > 0) options.most_calm = model.calm_deviation;
  std::optional<ProgressBar> bar;
  if (!request.progress) bar.emplace("reading");
  Dataset data = read_dataset(config, request.files, incidents, options, [&](double share) {
    bar ? bar->show(share) : request.progress(share);
  });
  drop_unsaid_normal(data, incidents, request.replace);
  return data;
}

}  // namespace

Enrolled enrol_into(const LoadedModel& old, const config::Config& config,
                    const EnrolRequest& request, const ingest::Incidents& incidents) {
  const Dataset data = read_evidence(config, old, request, incidents);
  const auto& labels = data.windows.labels;
  const bool some = std::any_of(labels.begin(), labels.end(), [&](int label) {
    return label > 0 || (label == 0 && incidents.faults().empty());  // false alarms alone
  });
  const auto partly = partly_matched_warning(incidents, data.times, data.judged_incidents());
  if (!some) {
    require_some_matched(incidents, data.times, data.rejects);
    throw std::runtime_error("no incident has a usable window: " +
                             (partly ? partly->substr(partly->find(": ") + 2)
                                     : "do they begin after an element's first slots?"));
  }
  model::EnrolOptions options;
  options.seed = request.seed;
  Enrolled enrolled{old, {}};
  LoadedModel& next = enrolled.model;
  if (request.replace) {
    next.input = data.input;
    next.carry_over = std::make_shared<ingest::CarryOver>(data.carry_over);
    next.model.shapes = shape_scores_of(data, add_references(next.model, data.windows, true));
    const model::LabelledWindows none{model::Matrix(0, data.windows.windows.cols()), {}};
    const std::vector<std::string> no_labels;
    model::TrainingWindows faults = data.windows;
    for (int& label : faults.labels)
      if (label == 0) label = model::TrainingWindows::kUnused;
    enrolled.result = model::enrol(old.model.encoder, normal_alone(old.model, data, request.seed),
                                   {none, no_labels, {}}, faults, options);
    const double alpha = enrolled.result.clusters.alpha();
    if (std::string few = shape_warning(next.model.shapes, alpha, data.input); !few.empty())
      enrolled.result.warnings.push_back(std::move(few));
  } else {
    const int freed = take_out_of_normal(next, data, incidents);
    const model::ReferenceClusters before = next.model.clusters;
    enrolled.result =
        model::enrol(old.model.encoder, before, references_of(next), data.windows, options);
    enrolled.result.freed = freed;
    add_references(next.model, data.windows, false);
  }
  if (!request.progress) {  // else the files need not fit: a part of them alone is read
    auto& warnings = enrolled.result.warnings;
    if (const auto none = unmatched_warning(incidents, data.times, data.rejects))
      warnings.push_back(*none);
    if (partly) warnings.push_back(*partly);
  }
  if (old.calm_deviation > 0 && data.calm_deviation < old.calm_deviation)
    enrolled.result.warnings.push_back(
        "W_SUBTLE: most windows of these incidents move less than what counts as calm; it is "
        "lowered for all, which may bring false alarms");
  next.model.clusters = enrolled.result.clusters;
  if (request.replace) keep_what_was_learned(next.model.clusters, old.model.clusters);
  next.normal = next.model.clusters.index(ingest::kNormal);
  next.calm_deviation = std::min(old.calm_deviation, data.calm_deviation);
  recognise(next);
  if (!request.replace)
    for (std::string& sits : sitting_warnings(old, next, data.windows, enrolled.result.types))
      enrolled.result.warnings.push_back(std::move(sits));
  add_to_card(next.model, data, enrolled.result, request.replace);
  return enrolled;
}

EnrolSummary enrol_model(const config::Config& config, const EnrolRequest& request) {
  const ModelPointer old = load_model(request.model, config);
  Enrolled enrolled =
      enrol_into(*old, config, request, chosen_incidents(request, old->input.period));
  LoadedModel& next = enrolled.model;
  EnrolSummary summary;
  summary.result = std::move(enrolled.result);
  summary.fingerprint_before = old->model.fingerprint;
  summary.worse =
      summary.result.f1_before - summary.result.f1_after > model::EnrolOptions().most_lost_f1;
  if (request.dry_run) {
    summary.changes =
        changes_between(config, old, std::make_shared<LoadedModel>(next), request.files);
    return summary;
  }
  if (summary.worse && !request.accept_worse) return summary;
  attach(next.model, next.input, *next.carry_over, next.calm_deviation, next.curve);
  summary.kept = save_keeping(next.model, request.out);
  summary.fingerprint = next.model.fingerprint;
  return summary;
}

}  // namespace faultprint::daemon
