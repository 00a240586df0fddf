#include "daemon/evaluation_intervals.h"

#include <doctest/doctest.h>

#include <random>

#include "stream_helpers.h"

namespace faultprint::daemon {
namespace evaluation_intervals_test {

using test::kPeriod;

// One element for `hours`, an incident of ten slots in the middle of every second hour.
struct Recorded {
  explicit Recorded(int hours) {
    std::vector<ingest::Incident> rows;
    for (int hour = 0; hour < hours; hour += 2) {
      const std::int64_t start = hour * 360 + 180;
      rows.push_back(test::incident_of("a", start * kPeriod, (start + 10) * kPeriod, "loss"));
    }
    incidents = ingest::Incidents(std::move(rows));
    SlotLabels labels(incidents, period);
    IncidentScorer scorer(incidents, period);
    for (std::int64_t slot = 0; slot < hours * 360; ++slot) {
      const auto label = labels.at("a", slot, slot == 0);
      scorer.watched("a", slot);
      unit.push_back(units.add("a", slot, label));
      truth.push_back(*label.name == ingest::kNormal ? 0 : 1);
    }
  }

  // Alarms ten seconds into each of the first `named` incidents, and `false_alarms` of them in the
  // first hours without an incident.
  IncidentScore score(std::size_t named, int false_alarms) const {
    std::vector<AlarmEvent> events;
    for (std::size_t i = 0; i < named; ++i)
      events.push_back(raised(incidents.faults()[i]->start_us + kPeriod));
    for (int i = 0; i < false_alarms; ++i) events.push_back(raised((540 + i * 720) * kPeriod));
    IncidentScorer scorer(incidents, period);
    for (std::size_t slot = 0; slot < truth.size(); ++slot)
      scorer.watched("a", static_cast<std::int64_t>(slot));
    return scorer.score(events);
  }

  static AlarmEvent raised(std::int64_t time_us) {
    AlarmEvent e;
    e.element = "a";
    e.time_us = time_us;
    e.fault_type = "loss";
    return e;
  }

  // classes: how many there are.
  UnitTally tally(const std::vector<MethodOutcome>& methods, int classes = 2) {
    return tally_by_unit(units, {truth, unit, classes}, methods, period);
  }
  std::vector<MethodIntervals> intervals(const std::vector<MethodOutcome>& methods,
                                         int classes = 2) {
    const UnitTally one = tally(methods, classes);
    return intervals_of({&one}).methods;
  }
  MethodIntervals intervals(const std::vector<int>& predicted, const IncidentScore& score) {
    return intervals({{predicted, &score}})[0];
  }

  config::Microseconds period{kPeriod};
  ingest::Incidents incidents;
  ResamplingUnits units{period, 12};
  std::vector<int> truth;
  std::vector<int> unit;
};

TEST_CASE("a method without a mistake has intervals of no width, another's hold its figure") {
  Recorded r(40);
  const MethodIntervals perfect = r.intervals(r.truth, r.score(20, 0));
  CHECK(perfect.macro_f1->low == 1);
  CHECK(perfect.f1[1]->low == 1);
  CHECK(perfect.named->low == 20);
  CHECK(perfect.false_episodes->high == 0);
  CHECK(perfect.median_delay_s->high == 10);
  std::vector<int> half = r.truth;  // finds every second incident only
  for (std::size_t i = 0; i < half.size(); ++i)
    if (i / 720 % 2 == 1) half[i] = 0;
  const MethodIntervals seen = r.intervals(half, r.score(10, 4));
  CHECK(seen.f1[1]->low < 2.0 / 3);  // recall a half, precision 1
  CHECK(seen.f1[1]->high > 2.0 / 3);
  CHECK(seen.f1[1]->high < 0.85);
  CHECK(seen.named->low >= 4);  // binomial: 10 of 20, deviation 2.2
  CHECK(seen.named->low <= 7);
  CHECK(seen.named->high >= 13);
  CHECK(seen.named->high <= 16);
  CHECK(seen.false_episodes->low <= 1);
  CHECK(seen.false_episodes->high >= 6);
  CHECK(seen.false_per_element_day->high < 12);
}

TEST_CASE("a class that is only predicted, in one stretch, weighs in every draw") {
  Recorded r(40);
  std::vector<int> stray = r.truth;
  for (std::size_t i = 0; i < 30; ++i)
    if (stray[i] == 0) stray[i] = 2;
  const IncidentScore score = r.score(20, 0);
  const std::vector<MethodOutcome> methods{{stray, &score}, {r.truth, &score}};
  const auto seen = r.intervals(methods, 3);
  CHECK(seen[0].macro_f1->low > 0.6);
  CHECK(seen[0].macro_f1->high <= 2.0 / 3);
  CHECK(seen[1].macro_f1->low == 1);
  CHECK(seen[1].macro_f1_lead->high < -0.3);
}

TEST_CASE("incidents of a type each say nothing of how delays vary") {
  Recorded r(40);
  const IncidentScore score = r.score(3, 0);
  UnitTally tally = r.tally({{r.truth, &score}});
  CHECK(intervals_of({&tally}).methods[0].median_delay_s.has_value());
  int number = 0;
  for (std::string& type : tally.fault_types)
    if (!type.empty()) type += std::to_string(number++);
  REQUIRE(number > 1);
  CHECK_FALSE(intervals_of({&tally}).methods[0].median_delay_s.has_value());
  CHECK_FALSE(intervals_of({&tally}).methods[0].named.has_value());
}

TEST_CASE("mistakes that come in one incident make a wider interval than those spread over all") {
  Recorded r(40);
  std::vector<int> spread = r.truth, together = r.truth;
  int faults = 0;
  for (std::size_t i = 0; i < r.truth.size(); ++i) {
    if (r.truth[i] == 0) continue;
    if (faults % 10 == 0) spread[i] = 0;
    if (faults / 10 < 2) together[i] = 0;
    ++faults;
  }
  const IncidentScore score = r.score(20, 0);
  const auto width = [](const MethodIntervals& m) { return m.f1[1]->high - m.f1[1]->low; };
  CHECK(width(r.intervals(spread, score)) < 1e-9);
  CHECK(width(r.intervals(together, score)) > 0.08);
}

TEST_CASE("the lead over a baseline is measured draw by draw: of the same answers it is nothing") {
  Recorded r(20);
  std::vector<int> worse = r.truth;
  for (std::size_t i = 0; i < worse.size(); i += 7) worse[i] = 0;
  std::vector<int> worst(worse.size(), 0);
  const IncidentScore score = r.score(5, 1);
  const std::vector<MethodOutcome> methods{{worse, &score}, {worse, &score}, {worst, &score}};
  const auto seen = r.intervals(methods);
  CHECK_FALSE(seen[0].macro_f1_lead.has_value());
  CHECK(seen[1].macro_f1_lead->low == 0);
  CHECK(seen[1].macro_f1_lead->high == 0);
  CHECK(seen[2].macro_f1_lead->low > 0.3);
  CHECK(seen[0].macro_f1->low == seen[1].macro_f1->low);
}

TEST_CASE("of a single incident, or a single stretch of normal, nothing is claimed") {
  Recorded r(1);
  const MethodIntervals seen = r.intervals(r.truth, r.score(1, 0));
  CHECK_FALSE(seen.f1[1].has_value());
  CHECK_FALSE(seen.named.has_value());
  CHECK_FALSE(seen.median_delay_s.has_value());
  CHECK(seen.f1[0].has_value());  // before and after the incident
}

TEST_CASE("unknown types: intervals where both sides have two units") {
  Recorded r(40);
  std::vector<std::uint8_t> positive(r.truth.begin(), r.truth.end());
  std::mt19937_64 random(1);
  std::vector<double> strangeness;
  for (const int truth : r.truth)
    strangeness.push_back(static_cast<double>(random() % 100 + (truth == 1 ? 50 : 0)));
  const WindowUnits windows{r.truth, r.unit, 2};
  const IncidentScore score = r.score(20, 0);
  UnitTally one = r.tally({{r.truth, &score}});
  one.unknown = detection_by_unit(windows, positive, strangeness);
  REQUIRE(one.unknown);
  const DetectionIntervals seen = intervals_of({&one}).unknown;
  CHECK(seen.auroc->low < 0.875);  // what uniforms half a width apart have
  CHECK(seen.auroc->high > 0.875);
  CHECK(seen.auroc->high - seen.auroc->low < 0.1);
  CHECK(seen.fpr95->low <= seen.fpr95->high);
  CHECK_FALSE(
      detection_by_unit(windows, std::vector<std::uint8_t>(positive.size(), 0), strangeness));
}

// Every second incident missed.
std::vector<int> half_of(const Recorded& r) {
  std::vector<int> half = r.truth;
  for (std::size_t i = 0; i < half.size(); ++i)
    if (i / 720 % 2 == 1) half[i] = 0;
  return half;
}

TEST_CASE("two evaluations of the same incidents are no surer than one, those of others are") {
  Recorded r(40);
  const std::vector<int> half = half_of(r);
  const IncidentScore score = r.score(10, 4);
  const UnitTally one = r.tally({{half, &score}});
  const EvaluationIntervals single = intervals_of({&one});
  const EvaluationIntervals twice = intervals_of({&one, &one});
  CHECK(twice.incident_units == 20);
  CHECK(twice.normal_blocks == single.normal_blocks);
  CHECK(twice.methods[0].macro_f1->low == doctest::Approx(single.methods[0].macro_f1->low));
  CHECK(twice.methods[0].macro_f1->high == doctest::Approx(single.methods[0].macro_f1->high));
  CHECK(twice.methods[0].named->low == 2 * single.methods[0].named->low);
  CHECK(twice.methods[0].named->high == 2 * single.methods[0].named->high);
  CHECK(twice.methods[0].median_delay_s->high == single.methods[0].median_delay_s->high);
  CHECK(twice.methods[0].false_per_element_day->high ==
        doctest::Approx(single.methods[0].false_per_element_day->high));
  CHECK(twice.methods[0].f1.empty());

  UnitTally elsewhere = one;  // as many incidents of another network
  for (std::string& name : elsewhere.names) name += " elsewhere";
  const EvaluationIntervals both = intervals_of({&one, &elsewhere});
  CHECK(both.incident_units == 40);
  const auto width = [](const EvaluationIntervals& i) {
    return i.methods[0].macro_f1->high - i.methods[0].macro_f1->low;
  };
  CHECK(width(both) < 0.85 * width(single));  // 1 / sqrt 2
  CHECK(width(both) > 0.55 * width(single));
}

TEST_CASE("of several evaluations the mean of their macro-F1 is drawn, and of their leads") {
  Recorded r(40);
  const IncidentScore score = r.score(10, 0);
  const std::vector<int> half = half_of(r);
  const std::vector<int> none(r.truth.size(), 0);
  const UnitTally perfect = r.tally({{r.truth, &score}, {none, &score}});
  const UnitTally worse = r.tally({{half, &score}, {none, &score}});
  const EvaluationIntervals best = intervals_of({&perfect});
  const EvaluationIntervals mean = intervals_of({&perfect, &worse});
  const EvaluationIntervals least = intervals_of({&worse});
  CHECK(best.methods[0].macro_f1->low == 1);
  CHECK(mean.methods[0].macro_f1->low ==
        doctest::Approx((1 + least.methods[0].macro_f1->low) / 2).epsilon(1e-9));
  CHECK(mean.methods[1].macro_f1_lead->low > least.methods[1].macro_f1_lead->low);
  CHECK(mean.methods[1].macro_f1_lead->low < best.methods[1].macro_f1_lead->low);
}

TEST_CASE("a fault type's own incidents are counted draw by draw") {
  Recorded r(40);
  IncidentScore score = r.score(10, 0);
  for (std::size_t i = 10; i < 14; ++i) score.incidents[i].first_named = "unknown";
  const std::vector<int> half = half_of(r);
  const UnitTally one = r.tally({{half, &score}});
  const TypeIntervals seen = type_intervals({{&one, "loss", 1}}, 0);
  CHECK(seen.named->low >= 4);
  CHECK(seen.named->high <= 16);
  CHECK(seen.unknown->low <= 2);
  CHECK(seen.unknown->high >= 6);
  CHECK(seen.unknown->high <= 9);
  CHECK(seen.f1->low < 2.0 / 3);
  CHECK(seen.f1->high > 2.0 / 3);
  const TypeIntervals twice = type_intervals({{&one, "loss", 1}, {&one, "loss", 1}}, 0);
  CHECK(twice.named->high == 2 * seen.named->high);
  CHECK(twice.f1->high == doctest::Approx(seen.f1->high));
  const TypeIntervals other = type_intervals({{&one, "flap", -1}}, 0);  // no incident is of it
  CHECK_FALSE(other.named.has_value());
}

TEST_CASE("exactly: ten of ten named leaves room down to seven") {
  Recorded r(20);
  CHECK(exact_named(r.score(10, 0))->low == doctest::Approx(6.915).epsilon(0.001));
  CHECK(exact_named(r.score(10, 0))->high == 10);
  CHECK_FALSE(exact_named(IncidentScore()).has_value());
  // The same ten, judged twice: 20 of 20 tell no more.
  IncidentScore twice = r.score(10, 0);
  const auto once = twice.incidents;
  twice.incidents.insert(twice.incidents.end(), once.begin(), once.end());
  twice.named = 20;
  CHECK(exact_named(twice, 2)->low == doctest::Approx(2 * 6.915).epsilon(0.001));
  CHECK(exact_named(twice, 2)->high == 20);
  CHECK(exact_false_episodes(r.score(10, 0)).high == doctest::Approx(3.689).epsilon(0.001));
  CHECK(exact_false_episodes(r.score(10, 0), 2).high == doctest::Approx(7.378).epsilon(0.001));
}

}  // namespace evaluation_intervals_test
}  // namespace faultprint::daemon
