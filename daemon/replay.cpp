#include "daemon/replay.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>

#include "config/key_lines.h"
#include "daemon/dataset.h"
#include "daemon/output_lines.h"
#include "daemon/pipeline.h"
#include "daemon/rejected_records.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"
#include "daemon/topic_writer.h"
#include "daemon/unknown_episodes.h"
#include "ingest/history.h"

namespace faultprint::daemon {
namespace {

std::vector<HistoryRecord> read_in_time_order(const config::Config& config,
                                              const std::vector<std::string>& files) {
  const auto& stream = config.group.stream;
  const config::InputSpec input = config.input_spec();
  ingest::History history(files, {stream, input});
  std::vector<HistoryRecord> records;
  ingest::KpiSample sample;
  while (history.next(sample))
    records.push_back({sample.time_us,
                       std::string(sample.element),
                       sample.values,
                       {sample.texts.begin(), sample.texts.end()}});
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
  return records;
}

// Verdicts, and how many of them are of slots in which an element reported nothing and its window
// was lost: what a gap in the data makes.
struct Written {
  std::size_t verdicts = 0;
  std::size_t of_gaps = 0;

  void add(const ingest::WindowStore& store) {
    const ingest::Batch& batch = store.batch();
    const std::size_t bytes = store.layout().mask_bytes;
    for (std::size_t i = 0; i < batch.slots.size(); ++i) {
      const auto mask = std::span(batch.masks).subspan(i * bytes, bytes);
      const bool masked = batch.slots[i].not_scored == ingest::NotScored::masked;
      of_gaps += masked && masked_kpis(mask) == store.layout().kpis ? 1 : 0;
    }
    verdicts += batch.slots.size();
  }
  static std::size_t masked_kpis(std::span<const std::uint8_t> mask) {
    std::size_t count = 0;
    for (const std::uint8_t byte : mask) count += static_cast<std::size_t>(std::popcount(byte));
    return count;
  }
  std::string text() const {
    if (of_gaps == 0) return "";
    return "; " + std::to_string(of_gaps) + " of " + std::to_string(verdicts) +
           " verdicts are of gaps in the data, and not scored";
  }
};

}  // namespace

void replay_to_verdicts(const config::Config& config, const ModelPointer& model,
                        const ReplayToVerdicts& request) {
  Pipeline pipeline(model, config, file_options(config.group.stream), nullptr, read_plans(config));
  OutputLines verdict_lines("-", OutputLines::Open::truncate);
  OutputLines alarm_lines(request.alarms, OutputLines::Open::truncate);
  OutputLines unknown_lines(request.unknowns, OutputLines::Open::truncate);
  UnknownEpisodes unknowns(model, config.group.alarms.raise_unknown_of);
  Scorer scorer;
  ProgressBar bar("replaying");
  Written written;
  const auto on_batch = [&] {
    std::vector<AlarmEvent> events;
    written.add(pipeline.store());
    const std::vector<Verdict>& verdicts = pipeline.process(scorer, events);
    for (const Verdict& verdict : verdicts)
      verdict_lines.write(to_json_line(verdict, pipeline.store(), *model));
    for (const AlarmEvent& event : events) alarm_lines.write(to_json_line(event));
    if (unknown_lines.open()) unknowns.follow(verdicts, events, pipeline.store(), scorer);
  };
  const auto rejects = read_history(config, model->input, request.data, pipeline.store(), on_batch,
                                    [&](double share) { bar.show(share); });
  require_used(rejects);
  std::string done = "records rejected: " + describe(rejects) + written.text();
  if (unknown_lines.open()) {
    const auto episodes = unknowns.finish();
    for (const std::string& line : to_incident_rows(episodes, model->input.period))
      unknown_lines.write(line);
    done += "; unknown episodes: " + std::to_string(episodes.size());
  }
  verdict_lines.flush();
  alarm_lines.flush();
  unknown_lines.flush();
  bar.done(done);
  if (const auto rejected = reject_warning(rejects)) warn(*rejected);
}

std::size_t replay_to_topic(const config::Config& config, const ReplayToTopic& request) {
  if (config.group.stream.format != "json")
    throw config::error_at(config, "stream.format",
                           "--to-topic writes format json, not " + config.group.stream.format);
  const std::vector<HistoryRecord> records = read_in_time_order(config, request.data);
  const double longest =
      static_cast<double>(config.group.stream.period.count()) * 1e-6 * config.group.stream.window;
  TopicWriter writer(config.kafka, request.topic, config.input_spec().fields(),
                     {.speed = request.speed, .longest_gap_s = longest});
  std::optional<ProgressBar> bar;
  if (!request.on_record) bar.emplace("producing");
  for (std::size_t i = 0; i < records.size(); ++i) {
    const HistoryRecord& record = records[i];
    writer.wait(record.time_us);
    if (request.on_record) request.on_record(record.element, record.time_us);
    writer.write(record);
    if (bar && i % 256 == 0)
      bar->show(static_cast<double>(i) / static_cast<double>(records.size()));
  }
  writer.flush();
  if (bar) bar->done(std::to_string(records.size()) + " records");
  return records.size();
}

}  // namespace faultprint::daemon
