#include "daemon/sitting_types.h"

#include <algorithm>
#include <map>

#include "daemon/scorer.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {
namespace {

constexpr double kMostEvidence = 0.5;  // shares: see docs/science.md
constexpr double kMostReferences = 0.05;
constexpr int kFewestReferences = 3;

// What the model calls each of these windows; "" where it is no fault that it names.
std::vector<std::string> names_of(const model::Matrix& windows, const LoadedModel& model) {
  Scorer scorer;
  std::vector<std::string> names;
  for (const Verdict& verdict : scorer.verdicts(windows, model))
    names.push_back(verdict.outcome == Outcome::fault ? model.label(verdict.match.nearest) : "");
  return names;
}

struct Sitting {
  int called = 0;  // of the evidence: this fault to the model as it was
  int taken = 0;   // of its own references: the enrolled type from now on
};

std::string warning(const model::EnrolledType& type, const std::string& other,
                    const Sitting& sitting, int evidence, int references) {
  const auto of = [](int part, int all) {
    return std::to_string(part) + " of " + std::to_string(all);
  };
  return "W_SITS_ON_ANOTHER: " + of(sitting.called, evidence) + " windows of '" + type.label +
         "' are '" + other + "' to the model as it was, and " + of(sitting.taken, references) +
         " that it refers to for '" + other + "' will be called '" + type.label +
         "': the two will be taken for each other. If they are one fault, enrol the incidents as "
         "'" +
         other + "'";
}

class Sittings {
 public:
  Sittings(const LoadedModel& was, const LoadedModel& will_be, const model::TrainingWindows& data)
      : was_(was),
        data_(data),
        before_(names_of(was.model.references.windows, was)),
        after_(names_of(was.model.references.windows, will_be)) {}

  void warn(const model::EnrolledType& type, std::vector<std::string>& warnings) const {
    std::map<std::string, Sitting> others;
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < data_.size(); ++i)
      if (data_.labels[i] >= 0 &&
          data_.class_names[static_cast<std::size_t>(data_.labels[i])] == type.label)
        rows.push_back(i);
    for (const std::string& name : names_of(model::take_rows(data_.windows, rows), was_))
      if (!name.empty() && name != type.label) ++others[name].called;
    std::map<std::string, int> named;  // of the references
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const std::string& label =
          was_.model.reference_labels[static_cast<std::size_t>(was_.model.references.labels[i])];
      if (before_[i] != label || label == type.label) continue;
      ++named[label];
      if (after_[i] == type.label) ++others[label].taken;
    }
    const int evidence = std::max(1, static_cast<int>(rows.size()) - type.look_normal);
    for (const auto& [other, sitting] : others) {
      const bool most = sitting.called >= kMostEvidence * evidence;
      const bool takes = sitting.taken >= std::max(static_cast<double>(kFewestReferences),
                                                   kMostReferences * named[other]);
      if (most || takes) warnings.push_back(warning(type, other, sitting, evidence, named[other]));
    }
  }

 private:
  const LoadedModel& was_;
  const model::TrainingWindows& data_;
  std::vector<std::string> before_;  // of the references
  std::vector<std::string> after_;
};

}  // namespace

std::vector<std::string> sitting_warnings(const LoadedModel& was, const LoadedModel& will_be,
                                          const model::TrainingWindows& data,
                                          const std::vector<model::EnrolledType>& types) {
  const Sittings sittings(was, will_be, data);
  std::vector<std::string> warnings;
  for (const model::EnrolledType& type : types) sittings.warn(type, warnings);
  return warnings;
}

}  // namespace faultprint::daemon
