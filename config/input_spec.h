// How raw KPI values become deviations. Chosen at training, kept in the model file as opaque text,
// and handed to ingest by the daemon, so that live use sees exactly what training saw.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace faultprint::config {

using Microseconds = std::chrono::microseconds;

enum class KpiKind {
  gauge,    // a level; its last value is carried over short gaps
  counter,  // cumulative; becomes a rate per second, a reset restarts it
  delta,    // already a difference; several in one slot add up, none is ever carried
  ratio,    // numerator / denominator of two reported fields, missing below min_attempts
  flag,     // 0 or 1; carried like a gauge
  state,    // one token: a state or alarm code as text, number or boolean; carried like a gauge
  text,     // a short sequence of tokens: a log template, a name; carried like a gauge
};
enum class KpiScale { linear, log };  // log: sign(x) log(1 + |x|) first, for volumes
enum class TokenSplit { characters, words };
// What a usual day looks like, shared by the elements (see ingest/daily_profile.h).
enum class DayProfile { none, daily, weekly };

// Its knots: 24 hours of the day, and behind them 168 of the week.
constexpr std::size_t profile_knots(DayProfile profile) {
  return profile == DayProfile::none ? 0 : profile == DayProfile::daily ? 24 : 24 + 168;
}

struct KpiSpec {
  std::string name;
  KpiKind kind = KpiKind::gauge;
  KpiScale scale = KpiScale::linear;
  std::string numerator;                  // ratio only: the reported fields it is made of
  std::string denominator;                // ratio only
  double min_attempts = 1;                // ratio only: below this denominator the value is missing
  TokenSplit tokens = TokenSplit::words;  // text only: what its tokens are
  int length = 1;   // columns of a slot it takes; text: its first so many tokens, padded with 0
  int buckets = 0;  // state and text: token numbers there are, 0 among them (ingest/tokens.h)

  // The reported fields that it is the sum of, where they are called otherwise than itself; one
  // with a * stands for all of a record that it matches (config/name_glob.h). A sum is missing
  // where one of its fields is. Not for a ratio.
  std::vector<std::string> from;
  double factor = 1;        // that reported values are multiplied by
  std::string unit;         // of what comes of that; for people
  bool cumulative = false;  // ratio only: of counters, by what they rose since the last report
  // Not every element has it: no slot waits for it, and where it is absent it is masked without
  // counting as missing.
  bool optional = false;

  // Those that a record is asked for.
  std::vector<std::string> fields() const;
  // Whether its values are token numbers, which have no order, scale or baseline.
  bool is_token() const { return kind == KpiKind::state || kind == KpiKind::text; }

  bool operator==(const KpiSpec&) const = default;
};

// The learning baseline: time constants in slots (see ingest/baseline.h for the formula).
struct BaselineSpec {
  bool none = false;   // true: the network's mean and deviation instead, nothing is learned live
  double fast = 120;   // slots
  double slow = 8640;  // slots; kept in the model, used once the slow baseline is an input
  int start = 36;      // slots that give an element its first level and scale
  DayProfile profile = DayProfile::none;

  bool operator==(const BaselineSpec&) const = default;
};

// What training measured over the whole network, for one KPI after its transform.
struct NetworkKpi {
  double mean = 0;
  double deviation = 0;  // within elements for a learning baseline, overall for `none`
  // With a profile: the elements' median amplitude, and for each knot the shape, and how often its
  // hour was seen. Empty for a flag, and where nothing was learned.
  double amplitude = 0;
  std::vector<double> shape = {};
  std::vector<double> visits = {};

  bool operator==(const NetworkKpi&) const = default;
};

// What training chose itself (`train --choose`), whatever the configuration says.
struct ChosenInput {
  bool baseline = false;  // baseline.fast
  bool scales = false;    // each KPI's scale

  bool any() const { return baseline || scales; }
  bool operator==(const ChosenInput&) const = default;
};

struct InputSpec {
  // Those that are numbers come first: KPI k of them is column k of a slot. Behind them stand the
  // columns of tokens, `length` for each KPI.
  std::vector<KpiSpec> kpis;
  Microseconds period{0};
  int window = 0;   // slots
  int max_gap = 3;  // slots for which a gauge's last value stands in for a missing one
  BaselineSpec baseline;
  ChosenInput chosen;
  std::vector<NetworkKpi> network;  // one per KPI that is a number; empty before training
  // For each KPI of tokens the tokens that normal slots of the training data had, ascending; empty
  // before training.
  std::vector<std::vector<int>> usual;

  std::size_t numbers() const;  // KPIs that are numbers
  std::size_t columns() const;  // of a slot
  std::vector<KpiSpec> token_kpis() const;

  // Fields to read from a record, in the order of KpiSample::values: those of each KPI, without
  // repeats. Those of token_kpis() come last.
  std::vector<std::string> fields() const;

  bool operator==(const InputSpec&) const = default;
};

// JSON text, and back. parse throws ConfigError naming what is missing or wrong.
std::string to_json(const InputSpec& spec);
InputSpec input_spec_from_json(const std::string& text);

// The first difference between what the configuration says and what the model was trained with
// (network figures and what training chose are not compared), as "stream.window: the model was
// trained with 12, ..."; empty when they agree.
std::string difference(const InputSpec& configured, const InputSpec& trained);

// The configuration's input as the model has it: with what training chose.
InputSpec with_choices(InputSpec configured, const InputSpec& trained);
// "stream.baseline.fast: 60, which training chose (the configuration says 120)" for each choice
// that differs.
std::vector<std::string> chosen_otherwise(const InputSpec& configured, const InputSpec& trained);

// What of the input `next` has otherwise than `running`, of that which training may choose: "" or
// "stream.baseline.fast is 60, not 120".
std::string other_choice(const InputSpec& running, const InputSpec& next);

const char* name(KpiKind kind);
const char* name(KpiScale scale);
const char* name(TokenSplit split);
const char* name(DayProfile profile);

}  // namespace faultprint::config
