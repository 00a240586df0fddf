#include "daemon/dataset.h"

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "daemon/network_measurement.h"
#include "daemon/rejected_records.h"
#include "daemon/verdict.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kBatchSlots = 4096;

// Collects labelled windows; of normal ones a uniform sample (reservoir).
class Collector {
 public:
  Collector(Dataset& data, const ingest::Incidents& incidents, const DatasetOptions& options)
      : data_(data),
        options_(options),
        labels_(incidents, data.input.period),
        cells_(data.input.columns() * static_cast<std::size_t>(data.input.window)),
        random_(options.seed) {
    data_.windows.class_names = {ingest::kNormal};
    std::set<std::string> types;
    for (const auto* incident : incidents.faults()) types.insert(incident->fault_type);
    for (const std::string& type : types) data_.windows.class_names.push_back(type);
    for (const ingest::Incident& row : incidents.rows())
      data_.windows.incident_starts_us.push_back(row.start_us);
  }

  void add(const ingest::WindowStore& store) {
    const ingest::Batch& batch = store.batch();
    for (const ingest::CompletedSlot& slot : batch.slots) {
      const std::string& element = store.element_name(slot.element);
      const auto label = labels_.at(element, slot.slot, slot.fresh);
      const std::int64_t end_us = store.slot_end_us(slot.slot);
      see_time(end_us);
      data_.times.add(element, {end_us - data_.input.period.count(), end_us});
      if (slot.row < 0) continue;
      const auto window =
          std::span(batch.windows).subspan(static_cast<std::size_t>(slot.row) * cells_, cells_);
      add(element, slot.slot, label, window);
    }
  }

  void finish() {
    auto& w = data_.windows;
    drop_calm();
    w.windows =
        Eigen::Map<const model::Matrix>(rows_.data(), static_cast<Eigen::Index>(w.labels.size()),
                                        static_cast<Eigen::Index>(cells_));
    rows_.clear();
    drop_empty_classes();
    data_.elements = data_.element_numbers.size();
    w.element_names.resize(data_.elements);
    for (const auto& [name, number] : data_.element_numbers) w.element_names[number] = name;
    for (std::size_t i = 0; i < w.size(); ++i)
      if (w.labels[i] > 0) incidents_.insert({w.labels[i], w.incidents[i]});
    for (const auto& [label, incident] : incidents_)
      ++data_.incidents[w.class_names[static_cast<std::size_t>(label)]];
  }

 private:
  void see_time(std::int64_t time_us) {
    data_.first_us = data_.first_us == 0 ? time_us : std::min(data_.first_us, time_us);
    data_.last_us = std::max(data_.last_us, time_us);
  }

  void add(const std::string& element, std::int64_t slot, const SlotLabels::Label& label,
           std::span<const float> window) {
    if (*label.name == ingest::kIgnore) return;
    const bool fault = *label.name != ingest::kNormal;
    std::size_t at = data_.windows.size();
    if (!fault) {
      ++data_.normal_seen;
      if (normal_rows_.size() < options_.max_normal) {
        normal_rows_.push_back(at);
      } else {
        const std::size_t pick = random_() % data_.normal_seen;
        if (pick >= normal_rows_.size()) return;
        at = normal_rows_[pick];
      }
    }
    const auto& names = data_.windows.class_names;
    const auto number =
        data_.element_numbers.emplace(element, data_.element_numbers.size()).first->second;
    const double needed = options_.pure_share * data_.input.window;
    put(at, static_cast<int>(std::find(names.begin(), names.end(), *label.name) - names.begin()),
        label.run >= (fault ? needed : data_.input.window), fault ? label.row->id : -1,
        static_cast<int>(number), slot, window);
  }

  void put(std::size_t at, int label, bool pure, int incident, int element, std::int64_t slot,
           std::span<const float> window) {
    auto& w = data_.windows;
    if (at == w.size()) {
      w.labels.emplace_back();
      w.pure.emplace_back();
      w.incidents.emplace_back();
      w.elements.emplace_back();
      w.slots.emplace_back();
      rows_.resize(rows_.size() + cells_);
    }
    w.labels[at] = label;
    w.pure[at] = pure ? 1 : 0;
    w.incidents[at] = incident;
    w.elements[at] = element;
    w.slots[at] = slot;
    activity_.resize(w.size());
    activity_[at] = label > 0 ? activity(window, data_.input) : 0;
    std::copy(window.begin(), window.end(),
              rows_.begin() + static_cast<std::ptrdiff_t>(at * cells_));
  }

  // Calm-looking windows of incidents are not used. The deviation that counts as calm is the
  // greatest of a few that leaves every fault type at least a fifth of its windows: subtle faults
  // are kept.
  void drop_calm() {
    if (data_.input.baseline.none) return;
    for (const float deviation : {2.0F, 1.5F, 1.0F, 0.5F, 0.0F}) {
      if (deviation > options_.most_calm) continue;
      data_.calm_deviation = deviation;
      if (leaves_enough(deviation)) break;
    }
    auto& w = data_.windows;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (w.labels[i] == 0 || data_.calm_deviation == 0 || activity_[i] > data_.calm_deviation)
        continue;
      w.labels[i] = model::TrainingWindows::kUnused;
      ++data_.calm;
    }
  }

  bool leaves_enough(float deviation) const {
    constexpr double kLeastShare = 0.2;
    const auto& w = data_.windows;
    std::vector<double> all(w.class_names.size(), 0.0);
    std::vector<double> kept(w.class_names.size(), 0.0);
    for (std::size_t i = 0; i < w.size(); ++i) {
      const auto label = static_cast<std::size_t>(w.labels[i]);
      ++all[label];
      if (label == 0 || activity_[i] > deviation) ++kept[label];
    }
    for (std::size_t c = 0; c < all.size(); ++c)
      if (kept[c] < kLeastShare * all[c]) return false;
    return true;
  }

  // A fault type whose incidents gave no window (another network's, or only while learning).
  void drop_empty_classes() {
    auto& w = data_.windows;
    std::vector<int> number(w.class_names.size(), 0);
    for (const int label : w.labels)
      if (label >= 0) number[static_cast<std::size_t>(label)] = 1;
    std::vector<std::string> names;
    for (std::size_t c = 0; c < number.size(); ++c) {
      const bool used = c == 0 || number[c] != 0;
      number[c] = static_cast<int>(names.size());
      if (used) names.push_back(w.class_names[c]);
    }
    w.class_names = std::move(names);
    for (int& label : w.labels)
      if (label >= 0) label = number[static_cast<std::size_t>(label)];
  }

  Dataset& data_;
  const DatasetOptions& options_;
  SlotLabels labels_;
  std::size_t cells_;
  std::mt19937_64 random_;
  std::vector<float> rows_;
  std::vector<float> activity_;  // of fault windows
  std::vector<std::size_t> normal_rows_;
  std::set<std::pair<int, int>> incidents_;
};

}  // namespace

SlotLabels::Label SlotLabels::at(const std::string& element, std::int64_t slot, bool fresh) {
  const std::int64_t time = slot * period_us_;
  const std::string& label = incidents_.label(element, time);
  Last& last = last_[element];
  const bool goes_on = !fresh && last.run > 0 && last.slot + 1 == slot && last.name == label;
  last.run = goes_on ? last.run + 1 : 1;
  last.slot = slot;
  if (!goes_on) last.name = label;
  return {&label, incidents_.at(element, time), last.run};
}

std::set<int> Dataset::judged_incidents() const {
  std::set<int> ids(windows.incidents.begin(), windows.incidents.end());
  ids.erase(-1);  // of normal
  return ids;
}

ingest::WindowStore::Options file_options(const config::StreamConfig& stream) {
  auto options = ingest::WindowStore::options(stream);
  options.per_element_watermark = true;
  return options;
}

ingest::RejectCounts read_history(const config::Config& config, const config::InputSpec& input,
                                  const std::vector<std::string>& files, ingest::WindowStore& store,
                                  const std::function<void()>& on_batch, const Progress& progress,
                                  const Wanted& wanted) {
  ingest::History history(files, {config.group(), input});
  ingest::RejectCounts rejects{};
  ingest::KpiSample sample;
  const auto hand_out = [&] {
    on_batch();
    store.clear_batch();
    if (progress) progress(history.progress());
  };
  while (history.next(sample)) {
    if (wanted && !wanted(sample.element, sample.time_us)) continue;
    ++rejects[static_cast<std::size_t>(store.add(sample, 0))];
    if (store.batch().slots.size() >= kBatchSlots) hand_out();
  }
  store.flush();
  hand_out();
  for (std::size_t i = 1; i < rejects.size(); ++i) rejects[i] += history.rejects()[i];
  return rejects;
}

Dataset read_dataset(const config::Config& config, const DataFiles& files,
                     const ingest::Incidents& incidents, const DatasetOptions& options,
                     const Progress& progress) {
  Dataset data;
  data.pure_share = options.pure_share;
  const bool profiled = config.input_spec().baseline.profile != config::DayProfile::none;
  const double passes = profiled ? 3 : 2;
  const auto pass = [&](double first) {
    return [&progress, first, passes](double share) {
      if (progress) progress((first + share) / passes);
    };
  };
  if (options.input) {
    data.input = *options.input;
  } else {
    data.input = options.unmeasured ? *options.unmeasured : config.input_spec();
    measure_network(config, data.input, files, incidents, pass(0));
    if (profiled) measure_profile(config, data.input, files, incidents, pass(1));
  }
  ingest::WindowStore store(data.input, file_options(config.group().stream), options.carry_over);
  Collector collector(data, incidents, options);
  data.rejects = read_history(
      config, data.input, files.history, store, [&] { collector.add(store); }, pass(passes - 1),
      files.wanted);
  collector.finish();
  if (data.windows.size() == 0) {
    const std::string cause = prevailing_reject(data.rejects);
    throw std::runtime_error(
        "no window could be made of the history: " +
        (cause.empty() ? "are its columns, period and window those of the configuration, and is it "
                         "longer than the baseline's start plus a window?"
                       : cause));
  }
  data.carry_over = store.carry_over();
  return data;
}

}  // namespace faultprint::daemon
