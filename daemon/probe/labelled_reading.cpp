#include <algorithm>

#include "config/input_spec.h"
#include "config/name_template.h"
#include "daemon/probe/element_name.h"
#include "daemon/probe/observe.h"
#include "daemon/probe/reading.h"

namespace faultprint::daemon::probe {

namespace {

constexpr std::size_t kMostLabels = 3;

std::vector<std::string> labels_in(const std::string& name_template) {
  std::vector<std::string> labels;
  const auto parts = config::split_template(name_template);
  for (const config::TemplatePart& part : *parts)
    if (part.is_field) labels.push_back(part.text);
  return labels;
}

std::vector<std::pair<std::string, std::string>> with_key(const Thing& thing,
                                                          const Records& records) {
  auto labels = thing.said.labels;
  add_kafka_labels(labels, records[thing.record]);
  return labels;
}

// Without those that say no time: no configuration reads them.
void drop_timeless(Things& things, std::map<std::string, std::size_t>& rejects) {
  const std::size_t before = things.size();
  std::erase_if(things, [](const Thing& thing) { return !thing.said.time_us; });
  if (things.size() < before) rejects["no_time"] += before - things.size();
}

std::string commonest_reject(const std::map<std::string, std::size_t>& rejects) {
  const auto most =
      std::max_element(rejects.begin(), rejects.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == rejects.end() ? "nothing in it" : most->first;
}

}  // namespace

Reading read_labelled(const config::Format& format, const Records& records) {
  Reading reading;
  reading.stream.format = format.name;
  reading.stream.record.element = format.element;
  reading.stream.record.kpi = format.kpi;
  Observed observed = observe(reading.stream, records);
  drop_timeless(observed.things, observed.rejects);
  if (observed.things.empty()) {
    reading.why_not = commonest_reject(observed.rejects);
    return reading;
  }
  std::vector<Labelled> labelled;
  for (const Thing& thing : observed.things)
    labelled.push_back(
        {with_key(thing, records), *thing.said.time_us, thing.said.values.front().name});
  const ElementChoice element = choose_element(labelled, labels_in(format.element), kMostLabels);
  if (element.labels.empty()) {
    reading.why_not = element.why;
    return reading;
  }
  reading.stream.record.element.clear();
  for (const std::string& label : element.labels)
    reading.stream.record.element +=
        (reading.stream.record.element.empty() ? "{" : "/{") + label + "}";
  reading.element_why = element.why;
  reading.time_why = "the format's own";
  ReportList reports(reading);
  for (std::size_t i = 0; i < observed.things.size(); ++i) {
    Thing& thing = observed.things[i];
    reports.add(joined_labels(labelled[i].labels, element.labels), *thing.said.time_us,
                thing.record, std::move(thing.said.values));
  }
  if (reading.reports.empty()) reading.why_not = "no numeric field";
  doubt_repeats(reading, element.repeated);
  return reading;
}

}  // namespace faultprint::daemon::probe
