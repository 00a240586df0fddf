#include <algorithm>
#include <cmath>

#include "daemon/probe/element_name.h"
#include "daemon/probe/event_time.h"
#include "daemon/probe/name_hints.h"
#include "daemon/probe/observe.h"
#include "daemon/probe/reading.h"

namespace faultprint::daemon::probe {

namespace {

using ingest::ObservedValue;

constexpr std::size_t kLooked = 50;  // records that the separator is chosen by
constexpr std::size_t kFewestColumns = 3;
constexpr std::size_t kMostColumnsInName = 3;

std::string_view first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t cells_in(std::string_view line, char separator) {
  bool quoted = false;
  std::size_t cells = 1;
  for (const char c : line) {
    quoted = quoted != (c == '"');
    if (c == separator && !quoted) ++cells;
  }
  return cells;
}

// How many columns nearly all rows have by this separator; 0 where they differ.
std::size_t columns_by(char separator, const Records& records) {
  std::map<std::size_t, std::size_t> rows;
  const std::size_t looked = std::min(records.size(), kLooked);
  for (std::size_t i = 0; i < looked; ++i)
    ++rows[cells_in(first_line(records[i].payload), separator)];
  for (const auto& [columns, count] : rows)
    if (10 * count >= 9 * looked) return columns;
  return 0;
}

bool names_columns(std::string_view line, char separator) {
  while (true) {
    const std::string_view cell = line.substr(0, line.find(separator));
    if (cell.empty() || std::string_view("0123456789+-.").find(cell[0]) != std::string_view::npos)
      return false;  // it begins as a number or a time
    if (cell.size() == line.size()) return true;
    line.remove_prefix(cell.size() + 1);
  }
}

// Whether each record brings the names of its columns along.
bool have_headers(const Records& records, char separator) {
  const std::string_view header = first_line(records.front().payload);
  const auto same = std::count_if(records.begin(), records.end(), [&](const auto& record) {
    return first_line(record.payload) == header && record.payload.size() > header.size() + 2;
  });
  return names_columns(header, separator) &&
         10 * static_cast<std::size_t>(same) >= 9 * records.size();
}

Records with_header(const Records& records, const std::string& header) {
  Records whole = records;
  for (auto& record : whole) record.payload = header + '\n' + record.payload;
  return whole;
}

// A column of whole numbers names elements only where its own name says so.
bool may_name(const ObservedValue& value) {
  if (value.kind == ObservedValue::Kind::text) return true;
  return value.number == std::floor(value.number) && sounds_like_element(value.name) > 0;
}

bool is_other_time(const std::string& name, const TimeChoice& time) {
  return std::find(time.similar.begin(), time.similar.end(), name) != time.similar.end();
}

std::vector<Labelled> csv_labels(const Things& things, const Records& records,
                                 const TimeChoice& time) {
  std::vector<Labelled> labelled;
  for (const Thing& thing : things) {
    Labelled& row = labelled.emplace_back();
    for (const ObservedValue& value : thing.said.values) {
      if (value.name == time.name)
        row.time_us = time_of(value, time.unit).value_or(0);
      else if (may_name(value) && !is_other_time(value.name, time))
        row.labels.emplace_back(value.name, value.text);
    }
    add_kafka_labels(row.labels, records[thing.record]);
  }
  return labelled;
}

// Columns without names get some: what they are believed to be, or their places.
class ColumnNames {
 public:
  ColumnNames(std::vector<std::string>& columns, const TimeChoice& time,
              const ElementChoice& element) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto part = std::find(element.labels.begin(), element.labels.end(), columns[i]);
      std::string name = "column" + std::to_string(i + 1);
      if (columns[i] == time.name) name = "time";
      if (part != element.labels.end())
        name = element.labels.size() == 1
                   ? "element"
                   : "element" + std::to_string(part - element.labels.begin() + 1);
      new_[columns[i]] = name;
      columns[i] = name;
    }
  }
  const std::string& operator()(const std::string& old) const {
    const auto found = new_.find(old);
    return found == new_.end() ? old : found->second;
  }

 private:
  std::map<std::string, std::string> new_;
};

struct CsvForm {
  Records records;  // as they are read
  config::RecordConfig options;
  bool header = false;
};

// False where the records are no rows of one number of columns.
bool find_form(const Records& records, const std::string& file_header, CsvForm& form) {
  std::size_t columns = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    const std::size_t found = columns_by(separator, records);
    if (found <= columns) continue;
    columns = found;
    form.options.separator = separator;
  }
  if (columns < kFewestColumns) return false;
  if (names_columns(file_header, form.options.separator) &&
      cells_in(file_header, form.options.separator) == columns) {
    form.records = with_header(records, file_header);
    form.header = true;
    return true;
  }
  form.records = records;
  form.header = have_headers(records, form.options.separator);
  for (std::size_t c = 0; !form.header && c < columns; ++c)
    form.options.columns.push_back("c" + std::to_string(c + 1));
  return true;
}

void add_rows(Reading& reading, Things& things, const std::vector<Labelled>& labelled,
              const TimeChoice& time, const ElementChoice& element, const ColumnNames& names) {
  ReportList reports(reading);
  for (std::size_t i = 0; i < things.size(); ++i) {
    auto& values = things[i].said.values;
    std::erase_if(values, [&](const ObservedValue& value) {
      return value.name == time.name || is_other_time(value.name, time) ||
             std::count(element.labels.begin(), element.labels.end(), value.name) > 0;
    });
    for (ObservedValue& value : values) value.name = names(value.name);
    if (labelled[i].time_us > 0)
      reports.add(joined_labels(labelled[i].labels, element.labels), labelled[i].time_us,
                  things[i].record, std::move(values));
  }
}

}  // namespace

Reading read_csv(const Records& records, const std::string& file_header) {
  Reading reading;
  reading.stream.format = "csv";
  CsvForm form;
  if (!find_form(records, file_header, form)) {
    reading.why_not = "no rows of three columns or more";
    return reading;
  }
  config::StreamConfig all = reading.stream;  // no column is taken for anything yet
  all.record = form.options;
  all.record.time = "\n";
  all.record.element = config::kKafkaKey;
  Observed observed = observe(all, form.records);
  const TimeChoice time = choose_time(observed.things, records);
  if (observed.things.empty() || time.name.empty()) {
    reading.why_not =
        observed.things.empty() ? "rows differ in length, or have no value" : time.why;
    return reading;
  }
  std::vector<Labelled> labelled = csv_labels(observed.things, records, time);
  const ElementChoice element = choose_element(labelled, {}, kMostColumnsInName);
  if (element.labels.empty()) {
    reading.why_not = element.why;
    return reading;
  }
  const ColumnNames names(form.options.columns, time, element);
  reading.stream.record = form.options;
  reading.stream.record.time = names(time.name);
  reading.stream.record.time_unit = time.unit;
  for (const std::string& label : element.labels)
    reading.stream.record.element +=
        (reading.stream.record.element.empty() ? "{" : "/{") + names(label) + "}";
  reading.element_why = element.why;
  reading.time_why = time.why;
  add_rows(reading, observed.things, labelled, time, element, names);
  if (reading.reports.empty()) reading.why_not = "no numeric column";
  doubt_repeats(reading, element.repeated);
  if (!form.header)
    reading.doubts.push_back(
        "the rows do not name their columns: give them their names in stream.record.columns");
  return reading;
}

}  // namespace faultprint::daemon::probe
