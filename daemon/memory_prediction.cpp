#include "daemon/memory_prediction.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "ingest/element.h"

namespace faultprint::daemon {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;
// Measured, beside model and elements: program, libraries and what they begin with. Between what
// Debian 12's libraries take, 14, and Debian 13's, some ten more.
constexpr double kProcess = 17 * kMebibyte;
constexpr double kWorker = 5.5 * kMebibyte;  // a consumer, scratch
// What the heaps keep; with snapshots they give it back after each of them.
constexpr double kHeaps = 11 * kMebibyte;
constexpr double kStateTopic = 5 * kMebibyte;  // its two clients
// A model's tensors, and what is made of them, in multiples of its file.
constexpr double kModelCopies = 2;
// The store's number and flags for an element, its place in the index of names, its last verdicts,
// and the place of an open slot.
constexpr double kRest = 136;

// What librdkafka may hold ready for a worker (queued.max.messages.kbytes, 64 MiB if not set), with
// what it keeps of each record beside its bytes: measured with records of 264 bytes.
double fetched_bytes(const config::KafkaConfig& kafka) {
  constexpr double kOverhead = 2.75;
  const auto own = kafka.properties.find("queued.max.messages.kbytes");
  const double kib = own == kafka.properties.end() ? 65536 : std::atof(own->second.c_str());
  return kOverhead * 1024 * kib;
}

double profile_bytes(const config::InputSpec& input) {
  constexpr double kEach = 4 * sizeof(double);  // shape, visits, and two sums
  return static_cast<double>(config::profile_knots(input.baseline.profile) * input.numbers()) *
         kEach;
}

std::string line(const char* what, double bytes, const std::string& of) {
  char text[64];
  std::snprintf(text, sizeof text, "#   %-10s %9.1f MiB  ", what, bytes / kMebibyte);
  return text + of + "\n";
}

std::string each_of(double bytes) {
  char text[48];
  std::snprintf(text, sizeof text, "%.0f bytes an element: ", bytes);
  return text;
}

}  // namespace

ElementBytes element_bytes(const config::InputSpec& input) {
  const ingest::ElementMemory memory(input);
  return {static_cast<double>(memory.rings.block_bytes()),
          static_cast<double>(memory.objects.block_bytes()), kRest};
}

double worker_bytes(const config::Config& config) {
  const bool topic = !config.state.topic.empty();
  const bool snapshots = topic || !config.state.directory.empty();
  return kWorker * config.kafka.workers + (snapshots ? 0 : kHeaps) + (topic ? kStateTopic : 0);
}

MemoryPrediction predict_memory(const config::Config& config, const config::InputSpec& input,
                                const LoadedModel* model, std::int64_t elements) {
  MemoryPrediction prediction{.elements = elements, .each = element_bytes(input)};
  const double workers = config.kafka.workers;
  prediction.process = kProcess + worker_bytes(config);
  prediction.profile = profile_bytes(input);
  prediction.fetched = workers * fetched_bytes(config.kafka);
  if (model == nullptr) return prediction;
  std::error_code error;
  const auto size = std::filesystem::file_size(config.group().model.file, error);
  if (!error) prediction.model = kModelCopies * static_cast<double>(size);
  for (const model::Cluster& cluster : model->model.clusters.clusters())
    prediction.prototypes += static_cast<std::size_t>(cluster.prototypes.rows());
  return prediction;
}

std::string to_text(const MemoryPrediction& prediction, const config::Config& config) {
  const auto count = static_cast<double>(prediction.elements);
  const ElementBytes& each = prediction.each;
  const config::StreamConfig& stream = config.group().stream;
  char head[160];
  std::snprintf(head, sizeof head, "# memory: %.0f MiB for %lld elements in one process\n",
                prediction.total() / kMebibyte, static_cast<long long>(prediction.elements));
  std::string text = head;
  text += line("windows", each.window * count,
               each_of(each.window) + std::to_string(stream.window) + " slots of " +
                   std::to_string(stream.kpis.size()) + " KPIs");
  text += line("baselines", each.baselines * count,
               each_of(each.baselines) + "levels, scales, last values");
  text += line("rest", each.rest * count,
               each_of(each.rest) +
                   "indices, last verdicts; names of up to 15 bytes, longer ones "
                   "their length and 16");
  text += line("model", prediction.model,
               prediction.prototypes == 0
                   ? "none there yet"
                   : "encoder, and " + std::to_string(prediction.prototypes) + " prototypes");
  if (prediction.profile > 0) text += line("profile", prediction.profile, "each partition's");
  text += line("process", prediction.process,
               "program, libraries, workers: " + std::to_string(config.kafka.workers));
  text += line("besides", prediction.fetched,
               "at most, while it catches up: records that are fetched ahead");
  if (prediction.elements > stream.max_elements)
    text += "#   more than stream.max_elements (" + std::to_string(stream.max_elements) +
            " a partition): spread over partitions\n";
  return text;
}

}  // namespace faultprint::daemon
