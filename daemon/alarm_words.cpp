#include "daemon/alarm_words.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

namespace faultprint::daemon {
namespace {

using WordsJson = nlohmann::ordered_json;

std::string number_in_words(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string kpi_in_words(const WordsJson& kpi) {
  std::string text = kpi.at("kpi").get<std::string>();
  if (kpi.contains("value")) text += number_in_words(" %.4g", kpi["value"].get<double>());
  if (kpi.contains("normal"))
    text += number_in_words(" (normally %.4g)", kpi["normal"].get<double>());
  const double deviation = kpi.at("deviation").get<double>();
  return text + number_in_words(" %.1f scales ", std::abs(deviation)) +
         (deviation < 0 ? "below" : "above");
}

std::string nearest_in_words(const WordsJson& known) {
  return "; nearest known: " + known.at("fault_type").get<std::string>() + " on " +
         known.at("element").get<std::string>() + " at " + known.at("time").get<std::string>() +
         number_in_words(", %.2f radii away", known.at("distance").get<double>());
}

std::string duration_in_words(double seconds) {
  return config::format_duration(config::Microseconds(std::llround(seconds * 1e6)));
}

std::string clears_in_words(const WordsJson& clears, int flaps) {
  const int verdicts = clears.at("normal_verdicts").get<int>();
  std::string text = "; clears after " + std::to_string(verdicts) + " normal verdicts in a row (" +
                     duration_in_words(clears.at("period_s").get<double>() * verdicts) + ")";
  if (!clears.contains("quiet_s")) return text;
  return text + ", and not before all were normal for " +
         duration_in_words(clears["quiet_s"].get<double>()) + ": it is flapping, raised " +
         std::to_string(flaps) + " times";
}

// Of a text that a snapshot has kept: "" where it is none of ours.
template <typename Say>
std::string said_of(const std::string& text, Say say) {
  try {
    return say(WordsJson::parse(text));
  } catch (const WordsJson::exception&) {
    return "";
  }
}

}  // namespace

std::string evidence_in_words(const WordsJson& evidence, int flaps) {
  if (!evidence.is_object() || !evidence.contains("clears_after")) return "";
  std::string text;
  for (const WordsJson& kpi : evidence.at("kpis"))
    text += (text.empty() ? "" : ", ") + kpi_in_words(kpi);
  if (!evidence.at("nearest").empty()) text += nearest_in_words(evidence["nearest"].front());
  text += number_in_words("; p %.3g", evidence.at("p_value").get<double>());
  if (!evidence.at("runner_up").is_null())
    text += ", runner-up " + evidence["runner_up"].get<std::string>() +
            number_in_words(" at %.2f", evidence.at("runner_up_distance").get<double>());
  return text + clears_in_words(evidence["clears_after"], flaps);
}

// The most frequent fault type first.
std::string group_in_words(const WordsJson& group) {
  std::vector<std::pair<int, std::string>> types;
  for (const auto& [type, count] : group.at("fault_types").items())
    types.emplace_back(-count.get<int>(), type);
  std::sort(types.begin(), types.end());
  std::string text;
  for (const auto& [count, type] : types)
    text += (text.empty() ? "" : ", ") + std::to_string(-count) + " " + type;
  return std::to_string(group.at("alarms").get<int>()) + " alarms at once: " + text + "; " +
         std::to_string(group.at("folded").get<int>()) +
         " of them up without a page of their own; clears after the last of these";
}

std::string in_words(const ActiveAlarm& alarm) {
  if (!alarm.group.empty()) return said_of(alarm.group, group_in_words);
  const std::string words = said_of(alarm.evidence, [&](const WordsJson& evidence) {
    return evidence_in_words(evidence, alarm.flaps);
  });
  return words.empty() ? alarm.reason : words;
}

}  // namespace faultprint::daemon
