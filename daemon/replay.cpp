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
  const config::InputSpec input = config.input_spec();
  ingest::History history(files, {config.group(), input});
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

struct Lines {
  explicit Lines(const ReplayToVerdicts& request)
      : verdicts("-", OutputLines::Open::truncate),
        alarms(request.alarms, OutputLines::Open::truncate),
        unknowns(request.unknowns, OutputLines::Open::truncate) {}

  OutputLines verdicts;
  OutputLines alarms;
  OutputLines unknowns;
  bool has_header = false;  // of unknowns
};

// done: what else there is to say.
ingest::RejectCounts replay_group(const ReplayGroup& group, const ReplayToVerdicts& request,
                                  Lines& lines, ProgressBar& bar, std::string& done) {
  const config::Config& config = group.config;
  Pipeline pipeline(group.model, config, file_options(config.group().stream), nullptr,
                    read_plans(config));
  UnknownEpisodes unknowns(group.model, config.group().alarms.raise_unknown_of);
  Scorer scorer;
  Written written;
  const auto on_batch = [&] {
    std::vector<AlarmEvent> events;
    written.add(pipeline.store());
    const std::vector<Verdict>& verdicts = pipeline.process(scorer, events);
    for (const Verdict& verdict : verdicts) lines.verdicts.write(pipeline.line(verdict));
    for (const AlarmEvent& event : events) lines.alarms.write(to_json_line(event));
    if (lines.unknowns.open()) unknowns.follow(verdicts, events, pipeline.store(), scorer);
  };
  const auto rejects = read_history(config, group.model->input, request.data, pipeline.store(),
                                    on_batch, [&](double share) { bar.show(share); });
  done = written.text();
  if (lines.unknowns.open()) {
    const auto episodes = unknowns.finish();
    const auto rows = to_incident_rows(episodes, group.model->input.period);
    for (std::size_t i = lines.has_header ? 1 : 0; i < rows.size(); ++i)
      lines.unknowns.write(rows[i]);
    lines.has_header = true;
    done += "; unknown episodes: " + std::to_string(episodes.size());
  }
  lines.verdicts.flush();
  lines.alarms.flush();
  lines.unknowns.flush();
  return rejects;
}

}  // namespace

void replay_to_verdicts(const std::vector<ReplayGroup>& groups, const ReplayToVerdicts& request) {
  Lines lines(request);
  ingest::RejectCounts all{};
  for (const ReplayGroup& group : groups) {
    ProgressBar bar("replaying" + (groups.size() > 1 ? " " + group.config.group().name : ""));
    std::string done;
    const auto rejects = replay_group(group, request, lines, bar, done);
    if (groups.size() == 1) require_used(rejects);
    bar.done("records rejected: " + describe(rejects) + done);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += rejects[i];
    if (const auto rejected = reject_warning(rejects)) warn(*rejected);
  }
  require_used(all);
}

std::size_t replay_to_topic(const config::Config& config, const ReplayToTopic& request) {
  if (config.group().stream.format != "json")
    throw config::error_at(config, "stream.format",
                           "--to-topic writes format json, not " + config.group().stream.format);
  const std::vector<HistoryRecord> records = read_in_time_order(config, request.data);
  const double longest = static_cast<double>(config.group().stream.period.count()) * 1e-6 *
                         config.group().stream.window;
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
