// stream.format csv: rows of RFC 4180, one or many a record, whose columns stream.record.columns
// names; without that, the record's first row does.
#include <utility>

#include "config/time_zone.h"
#include "ingest/sample_builder.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

// Takes rows off the front of a text. Cells without quotes are views of it.
class CsvRows {
 public:
  explicit CsvRows(char separator) : separator_(separator) {}

  void begin(std::string_view text) {
    rest_ = text;
    left_in_vain_ = kInVain * text.size();
    unquoted_.reserve(text.size());  // a row's is never longer than that: views into it stay
  }

  // The next row that is not empty; false at the end. Cells of the last one end. `good`: its quotes
  // are as they should be; if not, the next row begins on the next line.
  bool next(std::vector<std::string_view>& cells, bool& good);

 private:
  // How often over a text may be read for quotes that are then not as they should be. From then on
  // none of them reaches over its line: each line could else have one that does, up to the end.
  static constexpr std::size_t kInVain = 16;

  bool take_quoted(std::string_view& cell);
  std::string_view take_plain();

  char separator_;
  std::size_t left_in_vain_ = 0;  // bytes
  std::string_view rest_;
  std::string unquoted_;
};

bool CsvRows::next(std::vector<std::string_view>& cells, bool& good) {
  cells.clear();
  const std::size_t begin = rest_.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return false;
  rest_.remove_prefix(begin);
  const std::string_view row = rest_;
  unquoted_.clear();
  good = true;
  for (;;) {
    std::string_view cell;
    if (!rest_.starts_with('"')) {
      cell = take_plain();
    } else if (!take_quoted(cell)) {
      good = false;
      left_in_vain_ -= std::min(left_in_vain_, row.size() - rest_.size());
      rest_ = row.substr(std::min(row.find('\n'), row.size()));
      return true;
    }
    cells.push_back(cell);
    if (!rest_.starts_with(separator_)) break;
    rest_.remove_prefix(1);
  }
  return true;
}

std::string_view CsvRows::take_plain() {
  std::size_t end = 0;
  while (end < rest_.size() && rest_[end] != separator_ && rest_[end] != '\n') ++end;
  std::string_view cell = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (cell.ends_with('\r') && !rest_.starts_with(separator_)) cell.remove_suffix(1);
  return cell;
}

bool CsvRows::take_quoted(std::string_view& cell) {
  const std::size_t begin = unquoted_.size();
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '\n' && left_in_vain_ == 0) break;
    if (rest_[i] != '"') {
      unquoted_ += rest_[i];
    } else if (i + 1 < rest_.size() && rest_[i + 1] == '"') {
      unquoted_ += rest_[i++];
    } else {
      cell = std::string_view(unquoted_).substr(begin);
      rest_.remove_prefix(i + 1);
      if (rest_.starts_with('\r')) rest_.remove_prefix(1);
      return rest_.empty() || rest_.front() == '\n' || rest_.front() == separator_;
    }
  }
  rest_ = {};
  return false;
}

class CsvDecoder : public Decoder {
 public:
  explicit CsvDecoder(const DecoderOptions& options)
      : config_(options.stream.record),
        zone_(config::find_zone(options.stream.timezone)),
        max_record_bytes_(static_cast<std::size_t>(options.stream.max_record_bytes)),
        builder_(options, SampleBuilder::TextNumbers::yes),
        rows_(config_.separator),
        columns_(config_.columns) {}

  void begin(const RawRecord& record) override;
  bool next(KpiSample& sample, RejectReason& reason) override;

 private:
  void read_header();
  RejectReason read_row(KpiSample& sample);

  config::RecordConfig config_;
  Zone zone_;
  std::size_t max_record_bytes_;
  SampleBuilder builder_;
  CsvRows rows_;
  std::vector<std::string> columns_;
  std::vector<std::string_view> cells_;
  RawRecord record_;
  RejectReason failed_ = RejectReason::none;  // why no row is looked at
  bool given_ = true;                         // something of this record
};

void CsvDecoder::begin(const RawRecord& record) {
  std::string_view text = record.payload;
  record_ = record;
  given_ = false;
  failed_ = check_text(text, max_record_bytes_);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  rows_.begin(failed_ == RejectReason::none ? text : std::string_view());
  if (config_.columns.empty()) read_header();
}

void CsvDecoder::read_header() {
  bool good = true;
  if (rows_.next(cells_, good) && good) {
    columns_.assign(cells_.begin(), cells_.end());
  } else if (failed_ == RejectReason::none) {
    failed_ = RejectReason::malformed;
    rows_.begin({});
  }
}

bool CsvDecoder::next(KpiSample& sample, RejectReason& reason) {
  bool good = true;
  if (!rows_.next(cells_, good)) {
    reason = failed_ == RejectReason::none ? RejectReason::no_kpis : failed_;
    return !std::exchange(given_, true);
  }
  given_ = true;
  const bool fits = good && cells_.size() == columns_.size();
  reason = fits ? read_row(sample) : RejectReason::malformed;
  return true;
}

RejectReason CsvDecoder::read_row(KpiSample& sample) {
  builder_.begin(sample, record_);
  for (std::size_t c = 0; c < cells_.size(); ++c) {
    builder_.add_label(columns_[c], cells_[c]);
    if (columns_[c] == config_.time) {
      if (!cells_[c].empty()) builder_.time(parse_time(cells_[c], config_.time_unit, zone_));
    } else if (!builder_.names_element(columns_[c])) {
      builder_.add_named(columns_[c], Value::of_text(cells_[c]));
    }
  }
  return builder_.finish();
}

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(const DecoderOptions& options) {
  return std::make_unique<CsvDecoder>(options);
}

}  // namespace faultprint::ingest
