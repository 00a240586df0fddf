#include <algorithm>
#include <utility>

#include "daemon/probe/element_name.h"
#include "daemon/probe/event_time.h"
#include "daemon/probe/name_hints.h"
#include "daemon/probe/reading.h"
#include "daemon/probe/words.h"
#include "ingest/json_flatten.h"
#include "ingest/json_pointer.h"

namespace faultprint::daemon::probe {

namespace {

using ingest::ObservedValue;

bool is_time(const std::string& name, const TimeChoice& time) {
  return name == time.name ||
         std::find(time.similar.begin(), time.similar.end(), name) != time.similar.end();
}

std::string parent_of(const std::string& pointer) { return pointer.substr(0, pointer.rfind('/')); }

// Texts, and the key, may name the element.
Labelled labelled(const Thing& thing, const Records& records, const TimeChoice& time) {
  Labelled result;
  for (const ObservedValue& value : thing.said.values)
    if (value.kind == ObservedValue::Kind::text && !is_time(value.name, time) &&
        can_be_named(value.name))
      result.labels.emplace_back(value.name, value.text);
  add_kafka_labels(result.labels, records[thing.record]);
  if (const ObservedValue* value = find_value(thing, time.name))
    result.time_us = time_of(*value, time.unit).value_or(0);
  return result;
}

std::string pointer_or_label(const std::string& label) {
  return label.starts_with('/') ? label : "{" + label + "}";
}

// Where KPIs stand: each object that holds numbers, with those that are no time.
using NumbersByParent = std::map<std::string, std::map<std::string, std::size_t>>;

NumbersByParent numbers_of(const Things& things, const TimeChoice& time) {
  NumbersByParent found;
  for (const Thing& thing : things)
    for (const ObservedValue& value : thing.said.values)
      if (is_numeric(value) && !is_time(value.name, time))
        ++found[parent_of(value.name)][value.name];
  return found;
}

// The one that holds most of them.
NumbersByParent::const_iterator object_of_kpis(const NumbersByParent& numbers) {
  auto best = numbers.end();
  for (auto parent = numbers.begin(); parent != numbers.end(); ++parent) {
    if (!parent->first.empty() && !can_be_named(parent->first)) continue;
    if (best == numbers.end() || parent->second.size() > best->second.size()) best = parent;
  }
  return best;
}

void doubt_unread(Reading& reading, const NumbersByParent& numbers, const FlatRecords& flat) {
  std::vector<std::string> elsewhere;
  for (const auto& [parent, names] : numbers)
    if (parent != reading.stream.json.kpis)
      for (const auto& [name, count] : names) elsewhere.push_back(name);
  if (!elsewhere.empty())
    reading.doubts.push_back("numbers outside the object of KPIs are not read: " +
                             listed(elsewhere));
  if (!flat.inner_arrays.empty())
    reading.doubts.push_back("arrays are not read, as their items have no names: " +
                             listed({flat.inner_arrays.begin(), flat.inner_arrays.end()}));
}

void doubt_times(Reading& reading, const TimeChoice& time) {
  if (!time.similar.empty())
    reading.doubts.push_back("times, too, and not taken for it: " + listed(time.similar));
}

// Of an object's members; text is taken along: it may be a state.
void add_reports(Reading& reading, const Things& things, const Records& records,
                 const TimeChoice& time, const std::string& element) {
  ReportList reports(reading);
  for (const Thing& thing : things) {
    const Labelled names = labelled(thing, records, time);
    std::vector<ObservedValue> values;
    for (const ObservedValue& value : thing.said.values) {
      if (parent_of(value.name) != reading.stream.json.kpis) continue;
      if (is_time(value.name, time) || value.name == element) continue;
      values.push_back(value);
      values.back().name = ingest::split_pointer(value.name).back();
    }
    if (names.time_us > 0)
      reports.add(joined_labels(names.labels, {element}), names.time_us, thing.record,
                  std::move(values));
  }
}

// Why nothing can come of these records whatever their fields; "" where something may.
std::string no_objects(const FlatRecords& flat) {
  if (flat.documents == 0) return "no JSON";
  return flat.things.empty() ? "no JSON object" : "";
}

}  // namespace

FlatRecords flatten(const Records& records) {
  FlatRecords result;
  ingest::JsonFlattener flattener;
  ingest::FlatJson flat;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!flattener.flatten(records[i].payload, flat)) continue;
    ++result.documents;
    if (flat.is_array) ++result.arrays;
    result.inner_arrays.insert(flat.arrays.begin(), flat.arrays.end());
    for (ingest::Observation& object : flat.objects)
      result.things.push_back({std::move(object), i});
  }
  return result;
}

Reading read_json(const FlatRecords& flat, const Records& records) {
  Reading reading;
  reading.stream.format = "json";
  reading.why_not = no_objects(flat);
  if (2 * flat.arrays > flat.documents)
    reading.why_not = "records are arrays, and json reads one object a record";
  if (!reading.why_not.empty()) return reading;
  const TimeChoice time = choose_time(flat.things, records);
  const NumbersByParent numbers = numbers_of(flat.things, time);
  if (numbers.empty() || time.name.empty()) {
    reading.why_not = numbers.empty() ? "no numeric field" : time.why;
    return reading;
  }
  const auto kpis = object_of_kpis(numbers);
  if (kpis == numbers.end()) {
    reading.why_not = "no numeric field that a configuration can name";
    return reading;
  }
  reading.stream.json.kpis = kpis->first;
  reading.stream.json.time = time.name;
  reading.stream.json.time_unit = time.unit;
  std::vector<Labelled> things;
  for (const Thing& thing : flat.things) {
    things.push_back(labelled(thing, records, time));
    for (const ObservedValue& value : thing.said.values)
      if (things.back().kpi.empty() && kpis->second.contains(value.name))
        things.back().kpi = value.name;
  }
  const ElementChoice element = choose_element(things, {}, 1);
  if (element.labels.empty()) {
    reading.why_not = element.why;
    return reading;
  }
  reading.stream.json.element = pointer_or_label(element.labels[0]);
  reading.element_why = element.why;
  reading.time_why = time.why;
  add_reports(reading, flat.things, records, time, element.labels[0]);
  if (reading.reports.empty()) reading.why_not = "no record has element, time and a number";
  doubt_repeats(reading, element.repeated);
  doubt_times(reading, time);
  doubt_unread(reading, numbers, flat);
  return reading;
}

namespace {

// Which text says what the one number is, and which then names the element.
struct ValueRoles {
  std::string kpi;
  ElementChoice element;
  double score = 0;
};

std::string take_label(Labelled& thing, const std::string& name) {
  for (auto& [label, text] : thing.labels)
    if (label == name) return std::exchange(text, "");
  return "";
}

ValueRoles roles_with(const std::string& kpi, std::vector<Labelled> things) {
  std::set<std::string> kpis;
  for (Labelled& thing : things) kpis.insert(thing.kpi = take_label(thing, kpi));
  ValueRoles roles{kpi, choose_element(things, {}, 1), -1};
  if (kpis.size() < 2 || roles.element.labels.empty()) return roles;
  // Without the KPI's name, several values of one element and time must look like repeats.
  for (Labelled& thing : things) thing.kpi.clear();
  const std::string& element = roles.element.labels[0];
  if (choose_element(things, {element}, 1).repeated < 0.3) return roles;
  roles.score = 1 + 2 * sounds_like_kpi_name(kpi) - 2 * sounds_like_element(kpi) +
                2 * sounds_like_element(element) + (element.starts_with('/') ? 0 : 1) -
                10 * roles.element.repeated;
  return roles;
}

ValueRoles value_roles(const std::vector<Labelled>& things) {
  std::map<std::string, std::size_t> labels;
  for (const Labelled& thing : things)
    for (const auto& [name, text] : thing.labels) labels[name] += name.starts_with('/');
  ValueRoles best;
  best.score = -1;
  for (const auto& [name, count] : labels) {
    if (10 * count < 9 * things.size()) continue;
    ValueRoles roles = roles_with(name, things);
    if (roles.score > best.score) best = std::move(roles);
  }
  return best;
}

}  // namespace

Reading read_json_value(const FlatRecords& flat, const Records& records) {
  Reading reading;
  reading.stream.format = "json_value";
  reading.why_not = no_objects(flat);
  if (!reading.why_not.empty()) return reading;
  const TimeChoice time = choose_time(flat.things, records);
  const NumbersByParent numbers = numbers_of(flat.things, time);
  if (time.name.empty() || numbers.size() != 1 || numbers.begin()->second.size() != 1) {
    reading.why_not = time.name.empty() ? time.why : "not one number a record";
    return reading;
  }
  const std::string& value_name = numbers.begin()->second.begin()->first;
  if (!can_be_named(value_name)) {
    reading.why_not = "no numeric field that a configuration can name";
    return reading;
  }
  std::vector<Labelled> things;
  for (const Thing& thing : flat.things) things.push_back(labelled(thing, records, time));
  const ValueRoles roles = value_roles(things);
  if (roles.score < 0) {
    reading.why_not = "no field says what the number is";
    return reading;
  }
  reading.stream.json.element = pointer_or_label(roles.element.labels[0]);
  reading.stream.json.time = time.name;
  reading.stream.json.time_unit = time.unit;
  reading.stream.json.kpi = roles.kpi;
  reading.stream.json.value = value_name;
  reading.element_why = roles.element.why;
  reading.time_why = time.why;
  ReportList reports(reading);
  for (std::size_t i = 0; i < flat.things.size(); ++i) {
    const ObservedValue* value = find_value(flat.things[i], value_name);
    std::string kpi = take_label(things[i], roles.kpi);
    if (value == nullptr || kpi.empty() || things[i].time_us == 0) continue;
    ObservedValue named = *value;
    named.name = std::move(kpi);
    reports.add(joined_labels(things[i].labels, roles.element.labels), things[i].time_us,
                flat.things[i].record, {std::move(named)});
  }
  doubt_repeats(reading, roles.element.repeated);
  doubt_times(reading, time);
  return reading;
}

}  // namespace faultprint::daemon::probe
