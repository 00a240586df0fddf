#include "tests/simulation/settings.h"

#include <tuple>

#include "tests/simulation/feed.h"

namespace faultprint::crash {
namespace {

using config::KpiKind;

config::KpiSpec kpi(const char* name, KpiKind kind) {
  config::KpiSpec spec;
  spec.name = name;
  spec.kind = kind;
  return spec;
}

// A day whose level falls within the world's minutes, of which training saw nothing but a guess.
void add_day(config::InputSpec& input) {
  input.baseline.profile = config::DayProfile::weekly;
  for (config::NetworkKpi& kpi : input.network) {
    const std::size_t knots = config::profile_knots(input.baseline.profile);
    kpi.amplitude = 1;
    kpi.visits.assign(knots, 0);
    for (std::size_t knot = 0; knot < knots; ++knot)
      kpi.shape.push_back(knot % 2 == 0 ? -1.5 : 1.5);
  }
}

config::InputSpec input_of(int window, int start) {
  config::InputSpec input;
  input.kpis = {kpi("a", KpiKind::gauge), kpi("b", KpiKind::counter), kpi("c", KpiKind::delta)};
  input.period = std::chrono::seconds(kPeriodS);
  input.window = window;
  input.max_gap = 1;
  input.baseline.start = start;
  input.baseline.fast = 20;
  input.baseline.none = start == 0;
  input.network = {{0, 1}, {10, 1}, {0, 1}};
  return input;
}

model::Cluster cluster_of(const std::string& label, float a, float b, float c) {
  model::Cluster cluster;
  cluster.label = label;
  cluster.prototypes = model::Matrix(1, 3);
  cluster.prototypes << a, b, c;
  cluster.radius = 0.25F;
  std::vector<float> scores;
  for (int i = 0; i < 100; ++i) scores.push_back(static_cast<float>(i) / 100);
  model::set_scores(cluster, scores);
  return cluster;
}

// The embedding is the sigmoid of each KPI's mean deviation: a fault type for each KPI that is
// high; where two are, it is like none of them.
std::shared_ptr<daemon::LoadedModel> model_of(const config::InputSpec& input, float gain,
                                              bool flap) {
  auto loaded = std::make_shared<daemon::LoadedModel>();
  loaded->input = input;
  model::EncoderSpec spec;
  spec.window = input.window;
  spec.kpis = 3;
  spec.hidden = {};
  spec.embedding = 3;
  spec.summaries = false;
  const Eigen::Index cells = 3 * input.window;
  model::Matrix weights = model::Matrix::Zero(cells, 3);
  for (Eigen::Index i = 0; i < cells; ++i)
    weights(i, i % 3) = gain / static_cast<float>(input.window);
  loaded->model.encoder =
      model::Encoder(spec, {{"0.weight", weights}, {"0.bias", model::Matrix::Zero(1, 3)}});
  std::vector<model::Cluster> clusters{cluster_of("normal", 0.5F, 0.5F, 0.5F),
                                       cluster_of("loss", 1, 0.5F, 0.5F),
                                       cluster_of("drops", 0.5F, 0.5F, 1)};
  if (flap) clusters.push_back(cluster_of("flap", 0.5F, 1, 0.5F));
  loaded->model.clusters = model::ReferenceClusters(clusters, 0.02, 3);
  loaded->model.fingerprint = std::to_string(gain) + (flap ? "" : " without flap");
  loaded->normal = 0;
  loaded->calm_deviation = 0.5F;
  return loaded;
}

// One whose training has just ended, and knew the element that appears later on.
std::shared_ptr<daemon::LoadedModel> trained_until(std::shared_ptr<daemon::LoadedModel> model,
                                                   std::int64_t slot) {
  ingest::WindowStore::Options options;
  options.per_element_watermark = true;
  options.forget_after = std::chrono::hours(1);
  ingest::WindowStore store(model->input, options);
  for (std::int64_t s = slot - 2 * model->input.window - model->input.baseline.start; s < slot;
       ++s) {
    ingest::KpiSample sample;
    sample.element = kNewcomer;
    sample.time_us = (s * kPeriodS + 1) * 1000000;
    sample.values = {0.3 * static_cast<double>(s % 3), 50.0 * static_cast<double>(s), 0.2};
    store.add(sample, 0);
    store.clear_batch();
  }
  model->carry_over = std::make_shared<const ingest::CarryOver>(store.carry_over());
  model->model.fingerprint += " trained";
  return model;
}

config::AlarmConfig rules_of(int raise, int of, int clear) {
  config::AlarmConfig alarms;
  alarms.raise_count = raise;
  alarms.raise_of = of;
  alarms.raise_unknown_count = raise + 1;
  alarms.raise_unknown_of = of + 1;
  alarms.clear = clear;
  alarms.severity = {{"flap", "critical"}, {"unknown", "warning"}};
  config::SeverityRule old;
  old.fault_type = "*";
  old.after = std::chrono::seconds(4 * kPeriodS);
  old.severity = "critical";
  alarms.severity_rules = {old};
  return alarms;
}

// An alarm that is raised twice soon is held up for some slots.
config::AlarmConfig held_up(config::AlarmConfig alarms) {
  alarms.flapping.count = 2;
  alarms.flapping.within = std::chrono::seconds(12 * kPeriodS);
  alarms.flapping.hold = std::chrono::seconds(4 * kPeriodS);
  return alarms;
}

config::AlarmConfig with_silence(config::AlarmConfig alarms) {
  alarms.silence.elements = true;
  return alarms;
}

daemon::AlarmPlans relearning(std::vector<ingest::Relearn::Row> rows) {
  daemon::AlarmPlans plans;
  plans.relearn =
      std::make_shared<const ingest::Relearn>(std::move(rows), std::chrono::seconds(kPeriodS));
  return plans;
}

daemon::AlarmPlans plans_of(std::vector<daemon::Maintenance::Work> works) {
  daemon::AlarmPlans plans;
  plans.maintenance = std::make_shared<const daemon::Maintenance>(std::move(works));
  return plans;
}

std::int64_t slot_us(int slot) { return (kFirstSlot + slot) * kPeriodS * 1000000; }

Setting setting_of(int window, int start, int lateness, bool day = false) {
  Setting setting;
  config::InputSpec input = input_of(window, start);
  if (day) add_day(input);
  auto& stream = setting.config.group.stream;
  stream.period = input.period;
  stream.window = window;
  stream.kpis = input.kpis;
  stream.baseline = input.baseline;
  stream.max_gap = input.max_gap;
  stream.lateness = std::chrono::seconds(lateness * kPeriodS);
  stream.forget_after = std::chrono::seconds(kForgetSlots * kPeriodS);
  stream.stale_after = 3;
  stream.warm_up = std::chrono::hours(24 * 365);
  setting.config.file = "simulated.yaml";
  setting.config.output.verdicts = config::VerdictOutput::all;

  const auto whole = model_of(input, 1, true);
  const auto blind = model_of(input, 1, false);
  const auto sharp = trained_until(model_of(input, 1.5F, true), kFirstSlot + kNewcomerSlot);
  const auto work = plans_of({{"e*", slot_us(14), slot_us(24), "a new card"},
                              {"e1", slot_us(30), slot_us(36), "and another one"}});
  setting.regimes = {{whole, rules_of(2, 3, 3), {}},
                     {blind, rules_of(2, 3, 3), {}},
                     {sharp, rules_of(1, 2, 2), {}},
                     {whole, rules_of(3, 4, 2), {}},
                     {whole, rules_of(2, 3, 3), work},
                     {blind, rules_of(1, 2, 2), work},
                     {whole, held_up(rules_of(1, 2, 1)), {}},
                     {whole, with_silence(rules_of(2, 3, 3)), {}},
                     {blind, with_silence(held_up(rules_of(1, 2, 2))), work}};
  if (start > 0)
    setting.regimes.push_back(
        {whole, held_up(with_silence(rules_of(2, 3, 3))),
         relearning({{"e*", slot_us(9), "rebuilt"}, {"e1", slot_us(16), "and again"}})});
  return setting;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all{setting_of(4, 4, 1), setting_of(3, 5, 2),
                                        setting_of(4, 0, 1), setting_of(4, 4, 1, true)};
  return all;
}

}  // namespace faultprint::crash
