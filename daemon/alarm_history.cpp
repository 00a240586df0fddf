#include "daemon/alarm_history.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ingest/line_source.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using EventJson = nlohmann::json;

// "" where there is none.
std::string text_in(const EventJson& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_in(const EventJson& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

// Follows the events of one alarm.
class Follower {
 public:
  bool seen() const { return seen_; }
  const PastAlarm& alarm() const { return alarm_; }

  // Events of other alarms (one that was withheld, say) are passed over.
  void add(const EventJson& event, std::int64_t time_us) {
    const std::string kind = text_in(event, "event");
    if (kind == "raised") {
      seen_ = true;
      alarm_.id = text_in(event, "id");
      alarm_.element = text_in(event, "element");
      raised(event, time_us);
    }
    if (!seen_ || text_in(event, "id") != alarm_.id) return;
    alarm_.fault_type = text_in(event, "fault_type");
    if (kind == "changed") read_clearing(event);
    if (kind != "cleared") return;
    alarm_.cleared_as = text_in(event, "reason");
    if (alarm_.cleared_as == "normal") alarm_.end_us = time_us - clear_ * period_us_;
    if (alarm_.cleared_as == "quiet")
      alarm_.end_us = time_us - std::max(clear_ * period_us_, quiet_us_);
  }

 private:
  void read_clearing(const EventJson& event) {
    const auto evidence = event.find("evidence");
    if (evidence == event.end() || !evidence->is_object()) return;
    const auto clears = evidence->find("clears_after");
    if (clears == evidence->end() || !clears->is_object()) return;
    clear_ = std::llround(number_in(*clears, "normal_verdicts"));
    period_us_ = std::llround(number_in(*clears, "period_s") * 1e6);
    quiet_us_ = std::llround(number_in(*clears, "quiet_s") * 1e6);
  }

  void raised(const EventJson& event, std::int64_t time_us) {
    read_clearing(event);
    const auto evidence = event.find("evidence");
    if (evidence != event.end() && evidence->is_object()) {
      abnormal_ = std::llround(number_in(*evidence, "abnormal"));
      of_ = std::llround(number_in(*evidence, "of"));
    }
    // A verdict's time is the end of its slot. Events of before have neither figure: the raise it
    // is. Normal verdicts may lie between the abnormal ones: by so much it may have begun earlier.
    alarm_.start_us = time_us - abnormal_ * period_us_;
    alarm_.uncertainty_us = (std::max<std::int64_t>(0, of_ - abnormal_) + 1) * period_us_;
  }

  PastAlarm alarm_;
  bool seen_ = false;
  std::int64_t period_us_ = 0;
  std::int64_t clear_ = 0;
  std::int64_t quiet_us_ = 0;  // of one that is held up
  std::int64_t abnormal_ = 0;
  std::int64_t of_ = 0;
};

}  // namespace

PastAlarm read_alarm(const std::string& file, const std::string& id_or_element) {
  constexpr std::size_t kNamed = 3;
  ingest::LineSource lines(file);
  Follower by_id;
  Follower of_element;
  std::deque<std::string> newest;
  for (std::string_view line; lines.next(line);) {
    const auto event = EventJson::parse(line, nullptr, false);
    if (!event.is_object()) continue;  // a line that a kill tore
    const std::string its_id = text_in(event, "id");
    const auto time = ingest::parse_rfc3339(text_in(event, "time"));
    // Nor one that no window speaks for: silence is nothing to learn.
    if (its_id.empty() || !time || (event.contains("evidence") && event["evidence"].is_null()))
      continue;
    const bool raised = text_in(event, "event") == "raised";
    if (its_id == id_or_element) by_id.add(event, *time);
    if (raised && text_in(event, "element") == id_or_element) of_element = {};
    if (text_in(event, "element") == id_or_element) of_element.add(event, *time);
    if (!raised) continue;
    newest.push_back(its_id);
    if (newest.size() > kNamed) newest.pop_front();
  }
  if (by_id.seen()) return by_id.alarm();
  if (of_element.seen()) return of_element.alarm();
  std::string list;
  for (const std::string& known : newest) list += (list.empty() ? "" : ", ") + known;
  throw std::runtime_error(file + ": no alarm " + id_or_element + " is raised in it; " +
                           (list.empty() ? "it holds none" : "the newest there: " + list));
}

}  // namespace faultprint::daemon
