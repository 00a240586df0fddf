// Verdicts for an AlarmTracker, a letter each, and what it makes of them.
#pragma once

#include <cctype>
#include <map>

#include "hand_made_model.h"

namespace faultprint::test {

constexpr std::int64_t kFeedStart = 1500000000 * kSecond;

// One element's verdicts, a letter each: n normal, l like loss, f like flap, u unknown, - not
// scored. l and f may be followed by how near (evidence in tenths of a radius), default 9.
class Feed {
 public:
  explicit Feed(daemon::AlarmTracker& tracker, std::uint32_t element = 0)
      : tracker_(tracker), element_(element) {}

  // "raised loss@3" and the like, @: the number of the verdict.
  std::string operator()(const std::string& verdicts, bool fresh = false) {
    events.clear();
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      const char kind = verdicts[i];
      float near = 0.9F;
      if (i + 1 < verdicts.size() && std::isdigit(verdicts[i + 1]) != 0)
        near = static_cast<float>(verdicts[++i] - '0') / 10;
      give(kind, near, fresh && i == 0);
    }
    std::string text;
    for (const daemon::AlarmEvent& event : events) {
      const auto at = (event.time_us - kFeedStart) / kPeriod;
      text += (text.empty() ? "" : ", ") + std::string(name(event.kind)) + " " + event.fault_type +
              "@" + std::to_string(at);
    }
    return text;
  }
  std::vector<daemon::AlarmEvent> events;
  std::shared_ptr<daemon::LoadedModel> model = hand_made_model();

 private:
  void give(char kind, float near, bool fresh) {
    static const std::map<char, daemon::Outcome> outcomes = {{'n', daemon::Outcome::normal},
                                                             {'l', daemon::Outcome::fault},
                                                             {'f', daemon::Outcome::fault},
                                                             {'u', daemon::Outcome::unknown},
                                                             {'-', daemon::Outcome::not_scored}};
    daemon::Verdict verdict;
    verdict.element = element_;
    verdict.fresh = fresh;
    verdict.time_us = kFeedStart + ++count_ * kPeriod;
    verdict.outcome = outcomes.at(kind);
    verdict.row = kind == '-' ? -1 : 0;
    // Distances to normal, loss and flap.
    const float distances[] = {1, kind == 'l' ? 1 - near : 3, kind == 'f' ? 1 - near : 3};
    const std::vector<float> window{0, 0, 0, 0, 0, 0, 5, -2};
    daemon::AlarmTracker::Seen seen;
    if (kind != '-') seen = {distances, window, {}};
    tracker_.add(verdict, "leaf" + std::to_string(element_), seen, *model, events);
  }
  daemon::AlarmTracker& tracker_;
  std::uint32_t element_;
  std::int64_t count_ = 0;
};

// With or without a name alike.
inline config::AlarmConfig rules(int m, int n, int clear) {
  config::AlarmConfig options = hand_made_config().group().alarms;
  options.raise_count = m;
  options.raise_of = n;
  options.raise_unknown_count = m;
  options.raise_unknown_of = n;
  options.clear = clear;
  return options;
}

}  // namespace faultprint::test
