#include "daemon/report/labelled_history.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <unordered_map>

#include "daemon/pipeline.h"
#include "daemon/rejected_records.h"
#include "model/training_windows.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::uint64_t kSampleSeed = 1;

class LabelledReader {
 public:
  LabelledReader(const config::Config& config, const ModelPointer& model,
                 const ingest::Incidents& incidents, const HistoryLimits& limits)
      : config_(config),
        model_(model),
        incidents_(incidents),
        max_normal_(limits.normal),
        labels_(incidents, model->input.period),
        incident_scorer_(incidents, model->input.period),
        episodes_(incidents, *model, limits.episodes),
        pipeline_(model, config, file_options(config.group().stream)),
        random_(kSampleSeed) {
    for (const auto& cluster : model->model.clusters.clusters())
      history_.classes.push_back(cluster.label);
    for (const auto* incident : incidents.faults()) class_number(incident->fault_type);
    confusion_.assign(history_.classes.size(), std::vector<long>(history_.classes.size(), 0));
  }

  LabelledHistory run(const std::vector<std::string>& files, const Progress& progress) {
    history_.rejects = read_history(
        config_, model_->input, files, pipeline_.store(), [&] { batch(); }, progress);
    require_used(history_.rejects);
    if (history_.windows.empty())
      throw std::runtime_error(
          "no labelled window of the history could be scored: is it longer than the baseline's "
          "start plus a window?");
    if (auto rejected = reject_warning(history_.rejects))
      history_.warnings.push_back(*std::move(rejected));
    if (auto unmatched = unmatched_warning(incidents_, times_, history_.rejects))
      history_.warnings.push_back(*std::move(unmatched));
    history_.embeddings = Eigen::Map<const model::Matrix>(
        embeddings_.data(), static_cast<Eigen::Index>(history_.windows.size()), width());
    history_.all = model::classification(std::move(confusion_));
    history_.incidents = incident_scorer_.score(events_);
    history_.episodes = episodes_.finish(events_);
    history_.episodes_seen = episodes_.seen();
    return std::move(history_);
  }

 private:
  Eigen::Index width() const { return model_->model.encoder.spec().width(); }

  int class_number(const std::string& label) {
    auto& classes = history_.classes;
    const auto found = std::find(classes.begin(), classes.end(), label);
    if (found != classes.end()) return static_cast<int>(found - classes.begin());
    classes.push_back(label);
    return static_cast<int>(classes.size()) - 1;
  }

  void batch() {
    const std::vector<Verdict>& verdicts = pipeline_.process(scorer_, events_);
    const ingest::WindowStore& store = pipeline_.store();
    for (const Verdict& verdict : verdicts) {
      const std::string& element = store.element_name(verdict.element);
      const std::int64_t slot = store.batch().slots[verdict.slot_index].slot;
      const auto label = labels_.at(element, slot, verdict.fresh);
      incident_scorer_.watched(element, slot);
      times_.add(element, {verdict.time_us - model_->input.period.count(), verdict.time_us});
      see_time(verdict.time_us);
      if (verdict.row < 0) {
        ++history_.not_scored;
        episodes_.add(element, verdict, nullptr);
        continue;
      }
      const ScoredSlot scored = scored_slot(verdict);
      episodes_.add(element, verdict, &scored);
      if (*label.name != ingest::kIgnore) add(element, slot, label, verdict, scored);
    }
  }

  // One row at a time: its embedding is bit for bit that of any batch.
  ScoredSlot scored_slot(const Verdict& verdict) {
    const std::size_t cells = pipeline_.store().layout().cells();
    const auto window = std::span(pipeline_.store().batch().windows)
                            .subspan(static_cast<std::size_t>(verdict.row) * cells, cells);
    const Eigen::Map<const model::Matrix> row(window.data(), 1, static_cast<Eigen::Index>(cells));
    return {window, scorer_.distances(0, verdict.row),
            model_->model.encoder.embed(row, scratch_).row(0)};
  }

  void see_time(std::int64_t time_us) {
    history_.first_us = history_.first_us == 0 ? time_us : std::min(history_.first_us, time_us);
    history_.last_us = std::max(history_.last_us, time_us);
  }

  void add(const std::string& element, std::int64_t slot, const SlotLabels::Label& label,
           const Verdict& verdict, const ScoredSlot& scored) {
    SeenWindow window;
    window.truth = class_number(*label.name);
    ++confusion_[static_cast<std::size_t>(window.truth)][static_cast<std::size_t>(verdict.nearest)];
    const bool fault = *label.name != ingest::kNormal;
    const auto place = fault ? history_.windows.size() : place_of_normal();
    if (place > history_.windows.size()) return;
    window.element = number(elements_, element);
    if (window.element == static_cast<int>(history_.elements.size()))
      history_.elements.push_back(element);
    window.time_us = verdict.time_us;
    window.nearest = verdict.nearest;
    window.outcome = verdict.outcome;
    window.p_value = verdict.match.p_value;
    const auto& clusters = model_->model.clusters;
    if (static_cast<std::size_t>(window.truth) < clusters.clusters().size())
      window.p_own = static_cast<float>(
          clusters.p_value(static_cast<std::size_t>(window.truth), scored.distances[window.truth]));
    window.calm = fault && activity(scored.window, model_->input) <= model_->calm_deviation;
    window.group = number(groups_, group_name(element, slot, label, fault));
    put(place, window, scored.embedding);
  }

  // Where the next normal window goes in a uniform sample (reservoir); beyond the end: nowhere.
  std::size_t place_of_normal() {
    ++history_.normal_seen;
    const std::size_t end = history_.windows.size();
    if (normal_.size() < max_normal_) {
      normal_.push_back(end);
      return end;
    }
    const std::size_t pick = random_() % history_.normal_seen;
    return pick < normal_.size() ? normal_[pick] : end + 1;
  }

  void put(std::size_t place, const SeenWindow& window, const model::RowVector& embedding) {
    if (place == history_.windows.size()) {
      history_.windows.emplace_back();
      embeddings_.resize(embeddings_.size() + static_cast<std::size_t>(width()));
    }
    history_.windows[place] = window;
    std::copy(embedding.data(), embedding.data() + width(),
              embeddings_.begin() + static_cast<std::ptrdiff_t>(place) * width());
  }

  std::string group_name(const std::string& element, std::int64_t slot,
                         const SlotLabels::Label& label, bool fault) const {
    const std::int64_t part =
        fault ? label.row->id : slot / model::normal_stretch(model_->input.window);
    return (fault ? "i" : "n") + std::to_string(part) + " " + element;
  }

  static int number(std::unordered_map<std::string, int>& numbers, const std::string& name) {
    return numbers.emplace(name, static_cast<int>(numbers.size())).first->second;
  }

  const config::Config& config_;
  ModelPointer model_;
  const ingest::Incidents& incidents_;
  HistoryTimes times_;
  std::size_t max_normal_;
  SlotLabels labels_;
  IncidentScorer incident_scorer_;
  EpisodeCollector episodes_;
  Pipeline pipeline_;
  Scorer scorer_;
  model::Encoder::Scratch scratch_;
  std::mt19937_64 random_;
  LabelledHistory history_;
  std::vector<std::vector<long>> confusion_;
  std::unordered_map<std::string, int> elements_;
  std::unordered_map<std::string, int> groups_;
  std::vector<std::size_t> normal_;  // places of normal windows
  std::vector<float> embeddings_;
  std::vector<AlarmEvent> events_;
};

}  // namespace

LabelledHistory read_labelled(const config::Config& config, const ModelPointer& model,
                              const DataFiles& files, const HistoryLimits& limits,
                              const Progress& progress) {
  const auto incidents = ingest::Incidents::read(files.incidents, model->input.period);
  return LabelledReader(config, model, incidents, limits).run(files.history, progress);
}

}  // namespace faultprint::daemon::report
