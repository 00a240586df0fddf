#include "daemon/protocol.h"

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>

#include "config/scalar.h"
#include "daemon/element_folds.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using ingest::Incident;

std::string incidents_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " incident" : " incidents");
}

class Planner {
 public:
  Planner(const ProtocolOptions& options, std::uint64_t seed, const ProtocolHistory& history,
          config::Microseconds period, int window)
      : options_(options),
        seed_(seed),
        history_(history),
        period_us_(period.count()),
        reach_us_((window - 1) * period_us_) {
    if (types_of(history.incidents).empty())
      throw std::runtime_error("--incidents: they hold no fault, and a protocol needs some");
  }

  ProtocolPlan time() {
    divide();
    for_each_seed([&](std::uint64_t seed, const std::string& suffix) {
      plan_.parts.push_back(
          {"time" + suffix, "", seed, "", 0, {}, after_, {whole_round("time" + suffix)}});
    });
    for (const std::string& type : types_of(after_))
      if (count_of(before_, type) == 0)
        plan_.notes.push_back(type +
                              ": no incident before the split: it is a type unknown to the "
                              "model");
    return std::move(plan_);
  }

  ProtocolPlan elements() {
    const auto count = history_.survey.elements.size();
    if (count < 2)
      throw std::runtime_error("--protocol elements: the history has a single element");
    const auto folds = std::min(static_cast<std::size_t>(options_.folds), count);
    plan_.division = std::to_string(count) + " elements in " + std::to_string(folds) +
                     " folds, each judged by a model that was trained on the others";
    for_each_seed([&](std::uint64_t seed, const std::string& suffix) {
      ProtocolPart part{"elements" + suffix, "", seed, "", 0, {}, history_.incidents, {}};
      for (const ElementNames& held :
           deal_elements(history_.survey, history_.incidents, folds, seed))
        part.rounds.push_back(
            round_without(held, "fold " + std::to_string(part.rounds.size() + 1) + suffix));
      plan_.parts.push_back(std::move(part));
    });
    return std::move(plan_);
  }

  ProtocolPlan fault_types() {
    divide();
    for_each_type([&](const std::string& type, std::uint64_t seed, const std::string& suffix) {
      plan_.parts.push_back({type + " left out" + suffix,
                             "",
                             seed,
                             type,
                             0,
                             {},
                             after_,
                             {round_without_type(type, suffix)}});
    });
    return std::move(plan_);
  }

  ProtocolPlan enrol() {
    divide();
    for_each_type([&](const std::string& type, std::uint64_t seed, const std::string& suffix) {
      for (const int shots : options_.shots) {
        const IncidentRows drawn = draw(type, shots, seed);
        if (drawn.empty()) continue;
        const std::string with = incidents_text(static_cast<std::size_t>(shots));
        plan_.parts.push_back({type + " after " + with + suffix,
                               with + " enrolled",
                               seed,
                               type,
                               shots,
                               drawn,
                               after_,
                               {round_without_type(type, suffix)}});
      }
    });
    for (const std::string& type : types_of(after_)) {
      const std::size_t there = count_of(before_, type);
      if (there <
          static_cast<std::size_t>(*std::max_element(options_.shots.begin(), options_.shots.end())))
        plan_.notes.push_back(type + ": " + incidents_text(there) +
                              " before the split: more cannot be enrolled");
    }
    if (plan_.parts.empty()) {
      std::string why;
      for (const std::string& note : plan_.notes) why += (why.empty() ? "" : "; ") + note;
      throw std::runtime_error("--protocol enrol: nothing to enrol at this --split and --shots: " +
                               why);
    }
    return std::move(plan_);
  }

  ProtocolPlan network(const ProtocolHistory& other) {
    if (const std::string name = shared_element(history_.survey, other.survey); !name.empty())
      throw std::runtime_error("E_SPLIT_LEAK: --other-data: element '" + name +
                               "' reports in both networks at the same time: they must be two");
    plan_.division = "trained on one network, judged on another of " +
                     std::to_string(other.survey.elements.size()) + " elements";
    for_each_seed([&](std::uint64_t seed, const std::string& suffix) {
      plan_.parts.push_back({"network" + suffix,
                             "",
                             seed,
                             "",
                             0,
                             {},
                             other.incidents,
                             {{"network" + suffix, history_.incidents, {}, {}}}});
    });
    return std::move(plan_);
  }

 private:
  template <typename Visit>
  void for_each_seed(const Visit& visit) {
    for (int i = 0; i < options_.repeat; ++i) {
      const std::uint64_t seed = seed_ + static_cast<std::uint64_t>(i);
      visit(seed, options_.repeat > 1 ? ", seed " + std::to_string(seed) : std::string());
    }
  }

  // Types with something to judge, each where another one is left to learn from.
  template <typename Visit>
  void for_each_type(const Visit& visit) {
    const std::set<std::string> learned = types_of(before_);
    for (const std::string& type : types_of(after_)) {
      if (learned.size() == learned.count(type)) {
        plan_.notes.push_back(type +
                              ": without it no incident is left before the split to learn "
                              "from: it is not left out");
        continue;
      }
      for_each_seed(
          [&](std::uint64_t seed, const std::string& suffix) { visit(type, seed, suffix); });
    }
    if (plan_.parts.empty() && options_.protocol == Protocol::fault_types)
      throw std::runtime_error(
          "--protocol fault-types: it needs a fault type before the split beside the one left out");
  }

  // --split, and the incidents of either side.
  void divide() {
    at_us_ = split_time();
    const std::int64_t judged_from = at_us_ + reach_us_;
    before_ =
        keeping(history_.incidents, [&](const Incident& row) { return row.latest_us() <= at_us_; });
    after_ = keeping(history_.incidents,
                     [&](const Incident& row) { return row.earliest_us() >= judged_from; });
    if (reach_us_ > 0)
      after_.push_back(
          {"*", at_us_, judged_from, ingest::kIgnore, static_cast<int>(after_.size()), 0});
    const auto faults = [](const IncidentRows& rows) {
      return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), is_fault));
    };
    const std::string when = ingest::format_rfc3339(at_us_);
    plan_.division = "trained on " + incidents_text(faults(before_)) + " before " + when +
                     ", judged on " + std::to_string(faults(after_)) + " after it";
    if (faults(before_) == 0 || faults(after_) == 0)
      throw std::runtime_error("--split " + options_.split + " (" + when + "): no incident " +
                               (faults(before_) == 0 ? "ends before it: choose a later one"
                                                     : "begins after it: choose an earlier one"));
    const std::size_t all = faults(history_.incidents);
    if (const std::size_t neither = all - faults(before_) - faults(after_); neither > 0)
      plan_.notes.push_back(incidents_text(neither) + " at the split: on neither side");
  }

  // At the beginning of a slot.
  std::int64_t split_time() const {
    const auto share = config::parse_decimal(options_.split);
    if (share && *share > 0 && *share < 1)
      return share_time(history_.survey, *share, config::Microseconds(period_us_));
    const auto time = ingest::parse_time(options_.split);
    if (!time)
      throw std::runtime_error("--split: \"" + options_.split +
                               "\" is neither a share between 0 and 1 nor a time");
    return *time - *time % period_us_;
  }

  ProtocolRound whole_round(const std::string& model) const {
    const std::int64_t at = at_us_;
    return {model, before_, [at](std::string_view, std::int64_t time_us) { return time_us < at; },
            [at](std::string_view, std::int64_t time_us) { return time_us >= at; }};
  }

  ProtocolRound round_without_type(const std::string& type, const std::string& suffix) const {
    ProtocolRound round = whole_round(type + suffix);
    round.learned = keeping(before_, [&](const Incident& row) { return row.fault_type != type; });
    return round;
  }

  // Incidents of the type from before the split; nothing where there are not so many.
  IncidentRows draw(const std::string& type, int shots, std::uint64_t seed) const {
    std::vector<int> ids;
    for (std::size_t i = 0; i < before_.size(); ++i)
      if (before_[i].fault_type == type) ids.push_back(static_cast<int>(i));
    if (ids.size() < static_cast<std::size_t>(shots)) return {};
    std::mt19937_64 random(seed);
    std::shuffle(ids.begin(), ids.end(), random);
    ids.resize(static_cast<std::size_t>(shots));
    IncidentRows rows = before_;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (is_fault(rows[i]) && std::find(ids.begin(), ids.end(), static_cast<int>(i)) == ids.end())
        rows[i].fault_type = ingest::kIgnore;
    return rows;
  }

  ProtocolRound round_without(const ElementNames& held, const std::string& name) const {
    ProtocolRound round{name, history_.incidents, {}, {}};
    round.learned = keeping(history_.incidents, [&](const Incident& row) {
      return std::none_of(held.begin(), held.end(), [&](const std::string& element) {
        return ingest::element_matches(row.element, element);
      });
    });
    if (types_of(round.learned).empty())
      throw std::runtime_error("--protocol elements, " + name +
                               ": no incident is left to learn from: each is on elements that are "
                               "left out, too");
    const auto names = std::make_shared<const ElementNames>(held);
    round.learned_on = [names](std::string_view element, std::int64_t) {
      return names->find(element) == names->end();
    };
    round.judged_on = [names](std::string_view element, std::int64_t) {
      return names->find(element) != names->end();
    };
    return round;
  }

  const ProtocolOptions& options_;
  std::uint64_t seed_;
  const ProtocolHistory& history_;
  std::int64_t period_us_;
  std::int64_t reach_us_;  // from a window's newest slot back to its oldest
  std::int64_t at_us_ = 0;
  IncidentRows before_;
  IncidentRows after_;
  ProtocolPlan plan_;
};

}  // namespace

const std::vector<std::string>& protocol_names() {
  static const std::vector<std::string> names = {"time", "elements", "fault-types", "enrol",
                                                 "network"};
  return names;
}

ProtocolPlan plan_protocol(const ProtocolOptions& options, std::uint64_t seed,
                           const ProtocolHistory& history,
                           const std::optional<ProtocolHistory>& other, config::Microseconds period,
                           int window) {
  Planner planner(options, seed, history, period, window);
  switch (options.protocol) {
    case Protocol::time:
      return planner.time();
    case Protocol::elements:
      return planner.elements();
    case Protocol::fault_types:
      return planner.fault_types();
    case Protocol::enrol:
      return planner.enrol();
    case Protocol::network:
      if (!other) throw std::invalid_argument("the other network is not given");
      return planner.network(*other);
  }
  throw std::invalid_argument("no such protocol");
}

}  // namespace faultprint::daemon
