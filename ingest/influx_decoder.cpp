// stream.format influx: InfluxDB line protocol, one or many lines a record,
//   measurement,tag=value,.. field=value,.. timestamp
// A line without a timestamp has that of its Kafka record.
#include <algorithm>
#include <charconv>
#include <utility>

#include "ingest/sample_builder.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

// Takes line protocol off the front of a text. Names without escapes are views of it, others of a
// text of its own.
class LineProtocol {
 public:
  void begin(std::string_view text) {
    rest_ = text;
    unescaped_.reserve(text.size());  // a line's is never longer than that: views into it stay
  }

  // To the next line that holds a point; false at the end. Views of the last one end.
  bool find_point();
  // To the end of the line that find_point() found, whatever was taken meanwhile: a quote that is
  // not closed takes no further line with it.
  void skip_line() { rest_ = line_.substr(std::min(line_.find('\n'), line_.size())); }

  bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_spaces();
  bool at_line_end() const { return rest_.empty() || at('\n'); }
  // Up to one of `stops` that is not escaped; false where there is nothing before it.
  bool take_name(std::string_view stops, std::string_view& name);
  bool take_value(Value& value);
  bool take_time(std::optional<std::int64_t>& time, config::TimeUnit unit);

 private:
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  std::string_view token();
  bool take_string(Value& value);

  std::string_view rest_;
  std::string_view line_;  // from its begin to the end of the text
  std::string unescaped_;
};

bool LineProtocol::find_point() {
  for (;;) {
    const std::size_t begin = rest_.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) rest_ = {};
    if (rest_.empty()) return false;
    rest_.remove_prefix(begin);
    line_ = rest_;
    unescaped_.clear();
    if (!at('#')) return true;
    skip_line();
  }
}

bool LineProtocol::take_spaces() {
  const std::size_t before = rest_.size();
  while (take(' ')) {
  }
  return rest_.size() < before;
}

bool LineProtocol::take_name(std::string_view stops, std::string_view& name) {
  bool escaped = false;
  std::size_t end = 0;
  for (; end < rest_.size() && rest_[end] != '\n' && stops.find(rest_[end]) == stops.npos; ++end) {
    if (rest_[end] != '\\' || end + 1 >= rest_.size()) continue;
    if (std::string_view(",= ").find(rest_[end + 1]) == std::string_view::npos) continue;
    escaped = true;
    ++end;
  }
  name = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (!escaped) return !name.empty();
  const std::size_t begin = unescaped_.size();
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool escape = name[i] == '\\' && i + 1 < name.size() &&
                        std::string_view(",= ").find(name[i + 1]) != std::string_view::npos;
    unescaped_ += name[escape ? ++i : i];
  }
  name = std::string_view(unescaped_).substr(begin);
  return true;
}

std::string_view LineProtocol::token() {
  const std::size_t end = std::min(rest_.find_first_of(", \r\n"), rest_.size());
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return text;
}

// Text may hold line ends; \" and \\ are the escapes it knows.
bool LineProtocol::take_string(Value& value) {
  const std::size_t begin = unescaped_.size();
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] == '"') {
      rest_.remove_prefix(i + 1);
      value = Value::of_text(std::string_view(unescaped_).substr(begin));
      return true;
    }
    const bool escape =
        rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\');
    unescaped_ += rest_[escape ? ++i : i];
  }
  return false;
}

bool LineProtocol::take_value(Value& value) {
  if (take('"')) return take_string(value);
  std::string_view text = token();
  for (const char* word : {"t", "T", "true", "True", "TRUE"})
    if (text == word) value = Value::of_bool(true);
  for (const char* word : {"f", "F", "false", "False", "FALSE"})
    if (text == word) value = Value::of_bool(false);
  if (value.kind == Value::Kind::boolean) return true;
  const bool integer = text.ends_with('i') || text.ends_with('u');
  if (integer) text.remove_suffix(1);
  if (text.empty() || (integer && text.find_first_not_of("-0123456789") != text.npos)) return false;
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value.number);
  if (last != text.data() + text.size()) return false;
  if (error != std::errc()) value.number = kMissing;  // 1e999: a number, but none to be used
  value.kind = Value::Kind::number;
  return true;
}

// Without one, `time` stays as it is.
bool LineProtocol::take_time(std::optional<std::int64_t>& time, config::TimeUnit unit) {
  const bool spaces = take_spaces();
  if (!rest_.empty() && !at('\r') && !at('\n')) {
    const std::string_view text = token();
    std::int64_t number = 0;
    const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!spaces || text.empty() || last != text.data() + text.size()) return false;
    time = error == std::errc() ? time_from_integer(number, unit) : std::nullopt;
    if (!time) time = -1;
  }
  take_spaces();
  take('\r');
  return at_line_end();
}

class InfluxDecoder : public Decoder {
 public:
  explicit InfluxDecoder(const DecoderOptions& options)
      : max_record_bytes_(static_cast<std::size_t>(options.stream.max_record_bytes)),
        time_unit_(options.stream.record.time_unit),
        builder_(options, SampleBuilder::TextNumbers::no) {}

  void begin(const RawRecord& record) override;
  bool next(KpiSample& sample, RejectReason& reason) override;

 private:
  bool read_series();
  bool read_fields();
  bool read_time();

  std::size_t max_record_bytes_;
  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  LineProtocol text_;
  RawRecord record_;
  RejectReason failed_ = RejectReason::none;  // why no line is looked at
  bool given_ = true;                         // something of this record
};

void InfluxDecoder::begin(const RawRecord& record) {
  record_ = record;
  given_ = false;
  failed_ = check_text(record.payload, max_record_bytes_);
  text_.begin(failed_ == RejectReason::none ? record.payload : std::string_view());
}

bool InfluxDecoder::next(KpiSample& sample, RejectReason& reason) {
  if (!text_.find_point()) {
    reason = failed_ == RejectReason::none ? RejectReason::no_kpis : failed_;
    return !std::exchange(given_, true);
  }
  given_ = true;
  builder_.begin(sample, record_);
  if (read_series() && read_fields() && read_time()) {
    reason = builder_.finish();
  } else {
    text_.skip_line();
    reason = RejectReason::malformed;
  }
  return true;
}

bool InfluxDecoder::read_series() {
  Labels& labels = builder_.labels();
  if (!text_.take_name(", ", labels.measurement)) return false;
  while (text_.take(',')) {
    std::pair<std::string_view, std::string_view> tag;
    if (!text_.take_name("=, ", tag.first) || !text_.take('=')) return false;
    if (!text_.take_name(", ", tag.second)) return false;
    builder_.add_label(tag.first, tag.second);
  }
  return text_.take_spaces();
}

bool InfluxDecoder::read_fields() {
  do {
    std::string_view name;
    Value value;
    if (!text_.take_name("=, ", name) || !text_.take('=') || !text_.take_value(value)) return false;
    builder_.add(name, value);
  } while (text_.take(','));
  return true;
}

bool InfluxDecoder::read_time() {
  std::optional<std::int64_t> time;
  if (record_.time_us > 0) time = record_.time_us;
  if (!text_.take_time(time, time_unit_)) return false;
  if (time) builder_.time(*time < 0 ? std::nullopt : time);
  return true;
}

}  // namespace

std::unique_ptr<Decoder> make_influx_decoder(const DecoderOptions& options) {
  return std::make_unique<InfluxDecoder>(options);
}

}  // namespace faultprint::ingest
