#include "config/input_spec.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "config/config.h"

namespace faultprint::config {
namespace input_spec_test {

KpiSpec kpi(const std::string& name, KpiKind kind, KpiScale scale = KpiScale::linear) {
  KpiSpec spec;
  spec.name = name;
  spec.kind = kind;
  spec.scale = scale;
  return spec;
}

KpiSpec ratio(const std::string& name, const std::string& numerator, const std::string& denominator,
              double min_attempts) {
  KpiSpec spec = kpi(name, KpiKind::ratio);
  spec.numerator = numerator;
  spec.denominator = denominator;
  spec.min_attempts = min_attempts;
  return spec;
}

InputSpec example() {
  InputSpec spec;
  spec.kpis = {kpi("in_kbps", KpiKind::gauge, KpiScale::log), kpi("bgp_updates", KpiKind::counter),
               ratio("success", "ok", "att", 10), kpi("Tr\xC3\xA4ger \"B\"", KpiKind::flag)};
  spec.period = std::chrono::seconds(5);
  spec.window = 12;
  spec.network = {{1.5, 0.1}, {-1e-300, 1e300}, {1.0 / 3, 0}, {0, 1}};
  return spec;
}

std::string error_of(const std::string& text) {
  try {
    input_spec_from_json(text);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

const std::string kJson =
    R"({"period_us":5000000,"window":12,"max_gap":3,)"
    R"("kpis":[{"name":"a","kind":"gauge","scale":"linear"},)"
    R"({"name":"r","kind":"ratio","scale":"log","numerator":"ok","denominator":"att",)"
    R"("min_attempts":2}],)"
    R"("baseline":{"none":false,"fast":120,"slow":8640,"start":36},)"
    R"("network":[{"mean":0,"deviation":1},{"mean":1,"deviation":2}]})";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kJson;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct BadJson {
  std::string from, to, error;  // kJson with `from` replaced
};

const std::vector<BadJson> kBadJson{
    {R"("window":12,)", "", "window: is missing"},
    {R"("window":12)", R"("window":1)", "window: must be an integer from 2 to 10000"},
    {R"("window":12)", R"("window":12.0)", "window: must be an integer from 2 to 10000"},
    {R"("window":12)", R"("window":18446744073709551615)",
     "window: must be an integer from 2 to 10000"},
    {R"("window":12)", R"("window":12,"window":13)", "window: is given twice"},
    {R"("window":12)", R"("window":12,"extra":1)", "extra: unknown member"},
    {R"("window":12)", R"("window":[[[[12]]]])", "json: is nested too deeply"},
    {"5000000", "0", "period_us: must be an integer from 1000 to 86400000000"},
    {R"("max_gap":3)", R"("max_gap":null)", "max_gap: must be an integer from 0 to 1000"},
    {R"("name":"a",)", "", "kpis[0].name: is missing"},
    {R"("name":"a")", R"("name":"")", "kpis[0].name: must be text of 1 to 256 bytes"},
    {R"("name":"a")", R"("name":7)", "kpis[0].name: must be text of 1 to 256 bytes"},
    {R"("name":"r")", R"("name":"a")", "kpis[1].name: must be unique"},
    {R"("gauge")", R"("gage")",
     R"(kpis[0].kind: must be one of ["gauge","counter","delta","ratio","flag","state","text"])"},
    {R"("gauge")", R"(["gauge"])",
     R"(kpis[0].kind: must be one of ["gauge","counter","delta","ratio","flag","state","text"])"},
    {R"("gauge","scale":"linear")", R"("flag","scale":"log")",
     "kpis[0].scale: log is not allowed for a flag"},
    {R"("scale":"linear")", R"("scale":"linear","numerator":"x")",
     "kpis[0].numerator: unknown member"},
    {R"("denominator":"att",)", "", "kpis[1].denominator: is missing"},
    {R"("min_attempts":2)", R"("min_attempts":0)", "kpis[1].min_attempts: must be above 0"},
    {R"("none":false)", R"("none":0)", "baseline.none: must be true or false"},
    {R"("fast":120)", R"("fast":0)",
     "baseline.fast: must be a finite number from 1.0 to 1000000000.0"},
    {R"("start":36)", R"("start":99999)", "baseline.start: must be an integer from 1 to 10000"},
    {R"("start":36)", R"("start":36,"profile":"hourly")",
     R"(baseline.profile: must be one of ["none","daily","weekly"])"},
    {R"("none":false,"fast":120)", R"("none":true,"profile":"daily","fast":120)",
     "baseline.profile: must be none where nothing is learned"},
    {R"("network":[{"mean":0,"deviation":1})", R"("network":[{"mean":0,"deviation":1,"shape":[]})",
     "network[0].shape: unknown member"},
    {R"("start":36},"network":[{"mean":0,)",
     R"("start":36,"profile":"daily"},"network":[{"amplitude":1,"shape":[1],"visits":[],"mean":0,)",
     "network[0].shape: must have 24 entries, not 1"},
    {R"("start":36},"network":[{"mean":0,)",
     R"("start":36,"profile":"daily"},"network":[{"shape":[1],"mean":0,)",
     "network[0].amplitude: is missing"},
    {R"("start":36},"network":[{"mean":0,)",
     R"("start":36,"profile":"daily"},"network":[{"amplitude":1,"shape":[101],"visits":[],"mean":0,)",
     "network[0].shape[0]: must be a finite number from -100.0 to 100.0"},
    {R"({"mean":0,"deviation":1},)", "", "network: must have one entry per KPI, 2, or none, not 1"},
};

TEST_CASE("an input spec comes back from JSON as it was") {
  CHECK(input_spec_from_json(to_json(example())).kpis == example().kpis);
  CHECK(input_spec_from_json(to_json(example())).network == example().network);
  InputSpec spec = example();
  spec.network.clear();
  spec.max_gap = 0;
  spec.baseline = {.none = true, .fast = 1.0 / 3 + 1, .slow = 2, .start = 1};
  const InputSpec back = input_spec_from_json(to_json(spec));
  CHECK(back.baseline == spec.baseline);
  CHECK(back.max_gap == 0);
  CHECK(back.period == spec.period);
  CHECK(back.window == spec.window);
  CHECK(back.network.empty());
  CHECK(to_json(back) == to_json(spec));
}

TEST_CASE("each wrong or missing member is refused by name") {
  CHECK(error_of(kJson) == "");
  for (const BadJson& bad : kBadJson) {
    CAPTURE(bad.to);
    CHECK(error_of(replaced(bad.from, bad.to)) == "input spec: " + bad.error);
  }
}

InputSpec with_tokens() {
  InputSpec spec = example();
  KpiSpec state = kpi("alarm", KpiKind::state);
  state.buckets = 64;
  KpiSpec text = kpi("template", KpiKind::text);
  text.tokens = TokenSplit::characters;
  text.length = 8;
  text.buckets = 256;
  spec.kpis.insert(spec.kpis.end(), {state, text});
  spec.usual = {{1, 63}, {}};
  return spec;
}

TEST_CASE("states and texts come back from JSON as they were, with what is usual") {
  const InputSpec back = input_spec_from_json(to_json(with_tokens()));
  CHECK(back == with_tokens());
  CHECK(back.columns() == 4 + 1 + 8);
  CHECK(to_json(example()).find("usual") == std::string::npos);  // as ever without tokens
}

TEST_CASE("what cannot be of states and texts is refused by name") {
  const auto refused = [](const std::string& from, const std::string& to) {
    std::string text = to_json(with_tokens());
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return error_of(text.replace(at, from.size(), to));
  };
  CHECK(refused(R"("buckets":64)", R"("buckets":1)") ==
        "input spec: kpis[4].buckets: must be an integer from 2 to 65536");
  CHECK(refused(R"("buckets":64)", R"("buckets":64,"scale":"linear")") ==
        "input spec: kpis[4].scale: unknown member");
  CHECK(refused(R"("length":8)", R"("length":65)") ==
        "input spec: kpis[5].length: must be an integer from 1 to 64");
  CHECK(refused(R"("characters")", R"("letters")") ==
        R"(input spec: kpis[5].tokens: must be one of ["characters","words"])");
  CHECK(refused("[[1,63],[]]", "[[1,64],[]]") ==
        "input spec: usual[0][1]: must be an integer from 1 to 63");
  CHECK(refused("[[1,63],[]]", "[[63,1],[]]") == "input spec: usual[0]: must be ascending");
  CHECK(refused("[[1,63],[]]", "[[1,63]]") ==
        "input spec: usual: must have one entry per state and text, 2, or none");
  InputSpec spec = with_tokens();
  std::swap(spec.kpis[3], spec.kpis[4]);
  CHECK(error_of(to_json(spec)) ==
        "input spec: kpis[4].kind: must not come behind a state or text");
  spec = with_tokens();
  spec.kpis[4].name = "att";
  CHECK(error_of(to_json(spec)) == "input spec: kpis[4].name: has a field that another KPI has");
}

TEST_CASE("a text that is read otherwise than in training is a difference") {
  InputSpec other = with_tokens();
  other.usual.clear();
  CHECK(difference(other, with_tokens()) == "");
  other.kpis[5].length = 9;
  CHECK(difference(other, with_tokens()) ==
        "stream.kpis[5].length: the model was trained with 8, the configuration says 9 (template)");
  other = with_tokens();
  other.kpis[4].buckets = 65;
  CHECK(difference(other, with_tokens()) ==
        "stream.kpis[4].buckets: the model was trained with 64, the configuration says 65 (alarm)");
}

TEST_CASE("figures of the network must be finite and deviations not negative") {
  CHECK(error_of(replaced(R"("mean":0)", R"("mean":1e999)")).rfind("input spec: json: ", 0) == 0);
  CHECK(error_of(replaced(R"("mean":0)", R"("mean":null)")) != "");
  CHECK(error_of(replaced(R"("deviation":1)", R"("deviation":-1)"))
            .rfind("input spec: network[0].deviation: must be a finite number", 0) == 0);
  InputSpec spec = example();
  spec.network[0].mean = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(to_json(spec), ConfigError);
}

TEST_CASE("hostile text is refused without a crash") {
  const std::vector<std::string> texts{
      "", "[]", "null", "{", "\xff", "{\"window\":1e", kJson + "x", "\"" + std::string(1000, 'x')};
  for (const std::string& text : texts) CHECK(error_of(text) != "");
  CHECK(error_of(std::string(1000000, '[')) == "input spec: json: is nested too deeply");
  CHECK(error_of(std::string(17 << 20, ' ')) == "input spec: json: is larger than 16 MiB");
  std::string members = "{";
  for (int i = 0; i < 1000; ++i) members += "\"m" + std::to_string(i) + "\":0,";
  CHECK(error_of(members) == "input spec: json: has too many members");
  for (std::size_t size = 0; size < kJson.size(); ++size) {
    CHECK(error_of(kJson.substr(0, size)) != "");
  }
}

TEST_CASE("a KPI name that is not text cannot be written") {
  InputSpec spec = example();
  spec.kpis[0].name = "\xff";
  CHECK_THROWS_AS(to_json(spec), ConfigError);
}

TEST_CASE("fields are what records hold, once each, in the order of the KPIs") {
  InputSpec spec = example();
  spec.kpis.push_back(kpi("att", KpiKind::delta));
  spec.kpis.push_back(ratio("drop", "dropped", "att", 1));
  CHECK(spec.fields() == std::vector<std::string>{"in_kbps", "bgp_updates", "ok", "att",
                                                  "Tr\xC3\xA4ger \"B\"", "dropped"});
}

TEST_CASE("specs that agree have no difference, whatever the network's figures") {
  InputSpec configured = example();
  configured.network.clear();
  CHECK(difference(configured, example()) == "");
}

TEST_CASE("what training chose goes with the model, and is no difference") {
  InputSpec trained = example();
  trained.baseline.fast = 60;
  trained.kpis[0].scale = KpiScale::linear;
  CHECK(difference(example(), trained).starts_with("stream.kpis[0].scale: "));
  trained.chosen.scales = true;
  CHECK(difference(example(), trained) ==
        "stream.baseline.fast: the model was trained with 60, the configuration says 120");
  trained.chosen.baseline = true;
  CHECK(difference(example(), trained) == "");
  CHECK(with_choices(example(), trained).baseline.fast == 60);
  CHECK(with_choices(example(), trained).kpis[0].scale == KpiScale::linear);
  CHECK(input_spec_from_json(to_json(trained)) == trained);
  CHECK(to_json(example()).find("chosen") == std::string::npos);
  CHECK(chosen_otherwise(example(), trained) ==
        std::vector<std::string>{
            "stream.baseline.fast: 60, which training chose (the configuration says 120)",
            "stream.kpis[].scale of in_kbps: linear, which training chose (the configuration says "
            "log)"});
  CHECK(chosen_otherwise(trained, trained).empty());
  CHECK(other_choice(example(), trained) == "stream.baseline.fast is 60, not 120");
  trained.baseline.fast = 120;
  CHECK(other_choice(example(), trained) == "the scale of in_kbps is linear, not log");
  CHECK(other_choice(trained, trained) == "");
  trained.window = 24;
  CHECK(difference(example(), trained).starts_with("stream.window: "));
}

TEST_CASE("the first difference is told by key with both values") {
  struct Change {
    std::function<void(InputSpec&)> apply;
    std::string text;
  };
  const std::string model = "the model was trained with ";
  const std::string says = ", the configuration says ";
  const std::vector<Change> changes{
      {[](InputSpec& s) { s.window = 24; }, "stream.window: " + model + "12" + says + "24"},
      {[](InputSpec& s) { s.period *= 12; }, "stream.period: " + model + "5s" + says + "1m"},
      {[](InputSpec& s) { s.max_gap = 0; }, "stream.max_gap: " + model + "3" + says + "0"},
      {[](InputSpec& s) { s.baseline.none = true; },
       "stream.baseline: " + model + "a learning one" + says + "none"},
      {[](InputSpec& s) { s.baseline.fast = 60.5; },
       "stream.baseline.fast: " + model + "120" + says + "60.5"},
      {[](InputSpec& s) { s.baseline.slow = 9; },
       "stream.baseline.slow: " + model + "8640" + says + "9"},
      {[](InputSpec& s) { s.baseline.start = 9; },
       "stream.baseline.start: " + model + "36" + says + "9"},
      {[](InputSpec& s) { s.baseline.profile = DayProfile::weekly; },
       "stream.baseline.profile: " + model + "none" + says + "weekly"},
      {[](InputSpec& s) { s.kpis.erase(s.kpis.begin()); },
       "stream.kpis: " + model + "in_kbps, the configuration does not have it"},
      {[](InputSpec& s) { s.kpis.insert(s.kpis.begin(), kpi("new", KpiKind::flag)); },
       "stream.kpis: the model was trained without new, the configuration has it"},
      {[](InputSpec& s) { std::swap(s.kpis[0], s.kpis[1]); },
       "stream.kpis[0].name: " + model + "in_kbps" + says +
           "bgp_updates (same KPIs in another order)"},
      {[](InputSpec& s) { s.kpis[1].kind = KpiKind::gauge; },
       "stream.kpis[1].kind: " + model + "counter" + says + "gauge (bgp_updates)"},
      {[](InputSpec& s) { s.kpis[0].scale = KpiScale::linear; },
       "stream.kpis[0].scale: " + model + "log" + says + "linear (in_kbps)"},
      {[](InputSpec& s) { s.kpis[2].numerator = "good"; },
       "stream.kpis[2].numerator: " + model + "ok" + says + "good (success)"},
      {[](InputSpec& s) { s.kpis[2].denominator = "all"; },
       "stream.kpis[2].denominator: " + model + "att" + says + "all (success)"},
      {[](InputSpec& s) { s.kpis[2].min_attempts = 1; },
       "stream.kpis[2].min_attempts: " + model + "10" + says + "1 (success)"},
      {[](InputSpec& s) { s.kpis[2].optional = true; },
       "stream.kpis[2].optional: " + model + "false" + says + "true (success)"},
  };
  for (const Change& change : changes) {
    InputSpec configured = example();
    change.apply(configured);
    CHECK(difference(configured, example()) == change.text);
  }
}

TEST_CASE("kinds and scales have the names of the configuration") {
  CHECK(std::string(name(KpiKind::gauge)) == "gauge");
  CHECK(std::string(name(KpiKind::flag)) == "flag");
  CHECK(std::string(name(KpiScale::log)) == "log");
}

}  // namespace input_spec_test
}  // namespace faultprint::config
