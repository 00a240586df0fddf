#include "daemon/replay.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "daemon/dataset.h"
#include "daemon/output_lines.h"
#include "daemon/pipeline.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"
#include "daemon/unknown_episodes.h"
#include "ingest/history.h"
#include "ingest/kafka_producer.h"

namespace faultprint::daemon {
namespace {

struct HistoryRecord {
  std::int64_t time_us;
  std::string element;
  std::vector<double> values;
  std::vector<std::string> texts;
};

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

std::string to_json_record(const HistoryRecord& record, const std::vector<std::string>& fields) {
  nlohmann::ordered_json kpis = nlohmann::ordered_json::object();
  const std::size_t numbers = fields.size() - record.texts.size();
  for (std::size_t i = 0; i < numbers; ++i)
    if (!std::isnan(record.values[i])) kpis[fields[i]] = record.values[i];
  for (std::size_t i = numbers; i < fields.size(); ++i)
    if (!record.texts[i - numbers].empty()) kpis[fields[i]] = record.texts[i - numbers];
  nlohmann::ordered_json json;
  json["element"] = record.element;
  if (record.time_us % 1'000'000 == 0)
    json["time"] = record.time_us / 1'000'000;
  else
    json["time"] = static_cast<double>(record.time_us) * 1e-6;
  json["kpis"] = kpis;
  return json.dump();
}

}  // namespace

void replay_to_verdicts(const config::Config& config, const ModelPointer& model,
                        const ReplayToVerdicts& request) {
  Pipeline pipeline(model, config, file_options(config.group.stream));
  OutputLines verdict_lines("-", OutputLines::Open::truncate);
  OutputLines alarm_lines(request.alarms, OutputLines::Open::truncate);
  OutputLines unknown_lines(request.unknowns, OutputLines::Open::truncate);
  UnknownEpisodes unknowns(model, alarm_rules(config.group.alarms, *model).alarms.raise_of);
  Scorer scorer;
  ProgressBar bar("replaying");
  const auto on_batch = [&] {
    std::vector<AlarmEvent> events;
    const std::vector<Verdict>& verdicts = pipeline.process(scorer, events);
    for (const Verdict& verdict : verdicts)
      verdict_lines.write(to_json_line(verdict, pipeline.store(), *model));
    for (const AlarmEvent& event : events) alarm_lines.write(to_json_line(event));
    if (unknown_lines.open()) unknowns.follow(verdicts, events, pipeline.store(), scorer);
  };
  const auto rejects = read_history(config, model->input, request.data, pipeline.store(), on_batch,
                                    [&](double share) { bar.show(share); });
  std::string done = "records rejected: " + describe(rejects);
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
}

std::size_t replay_to_topic(const config::Config& config, const ReplayToTopic& request) {
  using Clock = std::chrono::steady_clock;
  if (config.group.stream.format != "json")
    throw config::ConfigError(config.file + ": stream.format: --to-topic writes format json, not " +
                              config.group.stream.format);
  const std::vector<HistoryRecord> records = read_in_time_order(config, request.data);
  const std::vector<std::string> fields = config.input_spec().fields();
  ingest::KafkaProducer producer(config.kafka);
  std::optional<ProgressBar> bar;
  if (!request.on_record) bar.emplace("producing");
  const auto started = Clock::now();
  double event_s = 0;  // event time passed; a gap longer than a window is skipped
  const double longest =
      static_cast<double>(config.group.stream.period.count()) * 1e-6 * config.group.stream.window;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const HistoryRecord& record = records[i];
    if (request.speed > 0 && i > 0) {
      event_s +=
          std::min(longest, static_cast<double>(record.time_us - records[i - 1].time_us) * 1e-6);
      const auto due = started + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(event_s / request.speed));
      std::this_thread::sleep_until(due);
    }
    if (request.on_record) request.on_record(record.element, record.time_us);
    producer.send(request.topic, record.element, to_json_record(record, fields), record.time_us);
    if (bar && i % 256 == 0)
      bar->show(static_cast<double>(i) / static_cast<double>(records.size()));
  }
  producer.flush(std::chrono::seconds(60));
  if (bar) bar->done(std::to_string(records.size()) + " records");
  return records.size();
}

}  // namespace faultprint::daemon
