// An evaluation as tables for people.
#include <cstdio>

#include "daemon/evaluation_run.h"
#include "daemon/terminal.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

std::string row(const char* format, auto... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string method_row(const std::string& name, const MethodScore& m) {
  const IncidentScore& s = m.incidents;
  const std::string delay = s.median_delay_s ? row("%.1f s", *s.median_delay_s) : "-";
  return row("%-18s %8.3f %9.3f %9.3f %6zu of %-4zu %9s %7zu %12.2f\n", name.c_str(),
             m.all.macro_f1, m.all.accuracy, m.pure.macro_f1, s.named, s.incidents.size(),
             delay.c_str(), s.false_alarms.size(), s.false_per_element_day());
}

std::string figure_row(const std::string& name, const std::string& figure,
                       const std::string& interval) {
  return row("%-40.40s %9s    %s\n", name.c_str(), figure.c_str(), interval.c_str());
}

std::string class_rows(const EvaluationResult& r) {
  std::string text;
  for (std::size_t i = 0; i < r.classes.size(); ++i) {
    const model::ClassScore& c = r.model.all.per_class[i];
    if (c.occurs())
      text += figure_row("F1 of " + escaped(r.classes[i]), row("%.3f", c.f1),
                         interval_text(r.model.intervals.f1[i], "%.3f"));
  }
  return text;
}

// Where the draws all agree they only say that nothing else was seen; counting says what may be.
std::string with_exact(const MethodIntervals::Maybe& drawn, const MethodIntervals::Maybe& exact) {
  std::string text = interval_text(drawn, "%.0f");
  if (exact && (!drawn || drawn->low == drawn->high))
    text += "  (by the number of them alone " + interval_text(exact, "%.1f") + ")";
  return text;
}

std::string alarm_rows(const MethodScore& m, std::size_t evaluations) {
  const IncidentScore& s = m.incidents;
  std::string text;
  if (!s.incidents.empty())
    text += figure_row("incidents named", row("%zu of %zu", s.named, s.incidents.size()),
                       with_exact(m.intervals.named, exact_named(s, evaluations)));
  if (s.median_delay_s)
    text += figure_row("median delay, seconds", row("%.1f", *s.median_delay_s),
                       interval_text(m.intervals.median_delay_s, "%.1f"));
  text += figure_row("false alarms", row("%zu", s.false_alarms.size()),
                     with_exact(m.intervals.false_episodes, exact_false_episodes(s, evaluations)));
  return text + figure_row("false alarms per element and day",
                           row("%.2f", s.false_per_element_day()),
                           interval_text(m.intervals.false_per_element_day, "%.2f"));
}

// The model's macro-F1 less each baseline's, and whether chance could make the difference.
std::string lead_rows(const EvaluationResult& r) {
  std::string text;
  for (const auto& [name, m] : r.baselines) {
    const MethodIntervals::Maybe& lead = m.intervals.macro_f1_lead;
    std::string interval = interval_text(lead, "%+.3f");
    if (lead)
      interval += lead->low > 0 ? "  (ahead)" : lead->high < 0 ? "  (behind)" : "  (may be chance)";
    text += figure_row("macro-F1, lead over " + name,
                       row("%+.3f", r.model.all.macro_f1 - m.all.macro_f1), interval);
  }
  return text;
}

std::string incident_rows(const IncidentScore& s) {
  std::string text = "\nincident                                          named      delay\n";
  for (const IncidentOutcome& o : s.incidents) {
    const std::string when = ingest::format_rfc3339(o.incident.start_us);
    const std::string what =
        o.delay_s ? "yes" : (o.first_named.empty() ? "missed" : "as " + escaped(o.first_named));
    text += row("%-16.16s %-20s %-12.12s %-10s %s\n", escaped(o.incident.element).c_str(),
                when.c_str(), escaped(o.incident.fault_type).c_str(), what.c_str(),
                o.delay_s ? row("%.0f s", *o.delay_s).c_str() : "");
  }
  for (const AlarmEvent& e : s.false_alarms)
    text += row("%-16.16s %-20s %-12.12s false alarm\n", escaped(e.element).c_str(),
                ingest::format_rfc3339(e.time_us).c_str(), escaped(e.fault_type).c_str());
  return text;
}

}  // namespace

std::string interval_text(const MethodIntervals::Maybe& interval, const char* format) {
  if (!interval) return "-";
  return row(format, interval->low) + " to " + row(format, interval->high);
}

std::string method_table(const EvaluationResult& r) {
  std::string text =
      "method             macro-F1  accuracy  F1 (pure)     named     delay   false  per el. day\n";
  text += method_row("faultprint", r.model);
  for (const auto& [name, m] : r.baselines) text += method_row(name, m);
  if (r.baselines.count("minirocket") == 0)
    text += "minirocket         needs windows of at least 9 slots, and a KPI that is a number\n";
  return text;
}

std::string interval_table(const EvaluationResult& r) {
  std::string text = "\nhow sure: the middle 95 % of " + std::to_string(kResamples) +
                     " redraws of the " + std::to_string(r.incident_units) + " incidents and " +
                     std::to_string(r.normal_blocks) + " stretches of normal" +
                     (r.evaluations > 1 ? ", each drawn for all parts at once" : "") +
                     ".\nOf few incidents (fewer than ten of a type) the true range is wider."
                     "\n                                            figure    95 % interval\n";
  text += figure_row("macro-F1", row("%.3f", r.model.all.macro_f1),
                     interval_text(r.model.intervals.macro_f1, "%.3f"));
  text += figure_row("accuracy", row("%.3f", r.model.all.accuracy),
                     interval_text(r.model.intervals.accuracy, "%.3f"));
  text += class_rows(r);
  if (r.unknown) {
    text += figure_row("AUROC of unknown types", row("%.3f", r.unknown->auroc),
                       interval_text(r.unknown_intervals.auroc, "%.3f"));
    text += figure_row("known taken, 95 % of unknown found", row("%.3f", r.unknown->fpr95),
                       interval_text(r.unknown_intervals.fpr95, "%.3f"));
  }
  return text + alarm_rows(r.model, r.evaluations) + lead_rows(r);
}

std::string to_text(const EvaluationResult& r) {
  std::string text = row("%ld windows scored, %zu not, %.2f element-days\n\n", r.model.all.windows,
                         r.not_scored, r.model.incidents.element_days);
  text += method_table(r);
  text += "\nclass                  precision  recall      F1  windows  called so\n";
  for (std::size_t i = 0; i < r.classes.size(); ++i) {
    const model::ClassScore& c = r.model.all.per_class[i];
    text += row("%-22.22s %9.3f %7.3f %7.3f %8ld %10ld\n", escaped(r.classes[i]).c_str(),
                c.precision, c.recall, c.f1, c.support, c.predicted);
  }
  if (r.unknown)
    text += row("\nunknown types: AUROC %.3f, false-positive rate at 95 %% found %.3f\n",
                r.unknown->auroc, r.unknown->fpr95);
  return text + interval_table(r) + incident_rows(r.model.incidents);
}

}  // namespace faultprint::daemon
