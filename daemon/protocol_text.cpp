// What a protocol found, as tables for people.
#include <algorithm>
#include <cstdio>

#include "daemon/below_baseline.h"
#include "daemon/protocol_run.h"
#include "daemon/terminal.h"

namespace faultprint::daemon {
namespace {

std::string printed(const char* format, auto... values) {
  char text[512];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

// " (0.61 to 0.83)", or nothing.
std::string in_brackets(const MethodIntervals::Maybe& interval, const char* format) {
  return interval ? " (" + interval_text(interval, format) + ")" : "";
}

// Of the types left out or enrolled: F1 as the mean over the parts, counts as sums. baseline: ""
// for the model.
OfType over_parts(const ProtocolParts& parts, const std::string& baseline) {
  OfType sum;
  for (const ProtocolPartResult* p : parts) {
    const EvaluationResult& r = p->result;
    const OfType t = of_type(baseline.empty() ? r.model : r.baselines.at(baseline), r.classes,
                             p->part.fault_type);
    sum.f1 += t.f1 / static_cast<double>(parts.size());
    sum.incidents += t.incidents;
    sum.named += t.named;
    sum.unknown += t.unknown;
  }
  return sum;
}

std::string type_text(const ProtocolParts& parts, const std::string& baseline) {
  const OfType sum = over_parts(parts, baseline);
  const TypeIntervals sure = type_intervals(parts, baseline);
  if (parts.front()->part.shots == 0)
    return printed("%zu of %zu incidents called unknown first", sum.unknown, sum.incidents) +
           in_brackets(sure.unknown, "%.0f");
  return printed("F1 %.3f", sum.f1) + in_brackets(sure.f1, "%.3f") +
         printed(", %zu of %zu incidents named", sum.named, sum.incidents) +
         in_brackets(sure.named, "%.0f");
}

// How the types that were left out fared. A baseline cannot say unknown.
std::string type_lines(const ProtocolParts& parts, const EvaluationResult& r) {
  if (parts.front()->part.fault_type.empty()) return "";
  std::string text = parts.front()->part.shots == 0 ? "what was left out: " : "what was enrolled: ";
  text += type_text(parts, "");
  if (parts.front()->part.shots == 0)
    return text +
           (r.unknown ? printed("; its windows against the others: AUROC %.3f", r.unknown->auroc) +
                            in_brackets(r.unknown_intervals.auroc, "%.3f")
                      : "") +
           "\n";
  for (const auto& [name, score] : r.baselines)
    text += "\n    " + name + ": " + type_text(parts, name);
  return text + "\n";
}

std::string group_text(const std::string& name, const ProtocolParts& parts) {
  double least = 1;
  double most = 0;
  for (const ProtocolPartResult* p : parts) {
    least = std::min(least, p->result.model.all.macro_f1);
    most = std::max(most, p->result.model.all.macro_f1);
  }
  const EvaluationResult all = mean_of_parts(parts);
  return "\n" + (name.empty() ? std::string("all") : escaped(name)) +
         printed(": mean of %zu parts, whose macro-F1 is %.3f to %.3f\n", parts.size(), least,
                 most) +
         method_table(all) + type_lines(parts, all) + interval_table(all);
}

std::string part_rows(const ProtocolResult& result) {
  std::string text =
      "\npart                                   macro-F1    95 % interval  best baseline           "
      "  "
      "named  false  AUROC\n";
  for (const ProtocolPartResult& p : result.parts) {
    const EvaluationResult& r = p.result;
    const auto best = std::max_element(
        r.baselines.begin(), r.baselines.end(),
        [](const auto& a, const auto& b) { return a.second.all.macro_f1 < b.second.all.macro_f1; });
    const IncidentScore& s = r.model.incidents;
    text +=
        printed("%-38.38s %8.3f  %15s  %5.3f %-18.18s %3zu of %-3zu %5zu  %5s\n",
                escaped(p.part.name).c_str(), r.model.all.macro_f1,
                interval_text(r.model.intervals.macro_f1, "%.3f").c_str(),
                best->second.all.macro_f1, best->first.c_str(), s.named, s.incidents.size(),
                s.false_alarms.size(), r.unknown ? printed("%.3f", r.unknown->auroc).c_str() : "-");
  }
  return text + "The other figures' intervals, part by part: --json.\n";
}

// A lead over all types hides how the enrolled ones fare.
void add_enrolled_below(const std::string& group, const ProtocolParts& parts,
                        std::vector<std::string>& texts) {
  const OfType own = over_parts(parts, "");
  for (const auto& [name, score] : parts.front()->result.baselines) {
    const OfType other = over_parts(parts, name);
    if (own.f1 < other.f1)
      texts.push_back(printed(
          "%s: F1 of what was enrolled, %.3f, is below the %.3f of %s, which "
          "names %zu of %zu such incidents where the model names %zu",
          group.c_str(), own.f1, other.f1, name.c_str(), other.named, other.incidents, own.named));
  }
}

}  // namespace

std::vector<std::string> below_baselines(const ProtocolResult& result) {
  ProtocolParts parts;
  for (const ProtocolPartResult& part : result.parts) parts.push_back(&part);
  const EvaluationResult all = parts.size() == 1 ? parts.front()->result : mean_of_parts(parts);
  std::vector<BelowBaseline> found;
  for (const auto& [name, score] : all.baselines) {
    if (all.model.all.macro_f1 >= score.all.macro_f1) continue;
    BelowBaseline below{name, all.model.all.macro_f1, score.all.macro_f1};
    if (parts.size() > 1) {
      const auto behind =
          std::count_if(parts.begin(), parts.end(), [&, &key = name](const auto* p) {
            return p->result.model.all.macro_f1 < p->result.baselines.at(key).all.macro_f1;
          });
      below.spread = printed(" on average, and lower in %zu of %zu parts",
                             static_cast<std::size_t>(behind), parts.size());
    }
    if (const auto& lead = score.intervals.macro_f1_lead) below.may_be_chance = lead->high >= 0;
    found.push_back(std::move(below));
  }
  std::vector<std::string> texts = below_baseline_texts(found);
  for (const auto& [group, of_group] : groups_of(result))
    if (of_group.front()->part.shots > 0) add_enrolled_below(group, of_group, texts);
  return texts;
}

std::string to_text(const ProtocolResult& result) {
  std::string text = result.division + "\n";
  for (const std::string& note : result.notes) text += "note: " + escaped(note) + "\n";
  if (result.parts.size() == 1) {
    const ProtocolParts only{&result.parts.front()};
    return text + type_lines(only, only.front()->result) + "\n" + to_text(only.front()->result);
  }
  for (const auto& [group, parts] : groups_of(result)) text += group_text(group, parts);
  return text + part_rows(result);
}

}  // namespace faultprint::daemon
