#include "ingest/history.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "config/time_zone.h"
#include "ingest/csv_samples.h"
#include "ingest/element_globs.h"
#include "ingest/line_source.h"

namespace faultprint::ingest {

namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Whether a file that begins so is CSV of our own form, rather than records of some format.
bool is_recording(std::string_view header) {
  bool has_time = false;
  bool has_element = false;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(','), header.size());
    std::string_view name = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    if (name.ends_with('\r')) name.remove_suffix(1);
    if (name.size() > 1 && name.front() == '"' && name.back() == '"')
      name = name.substr(1, name.size() - 2);
    has_time = has_time || name == kTimeColumn;
    has_element = has_element || name == kElementColumn;
  }
  return has_time && has_element;
}

// One file and its next sample.
class HistoryFile {
 public:
  HistoryFile(const std::string& file, const DecoderOptions& options, RejectCounts& rejects)
      : lines_(file), rejects_(rejects), group_(options.group) {
    if (group_ && group_->elements.empty() && group_->taken_before.empty()) group_.reset();
    std::string_view line;
    while (lines_.peek(line) && is_blank(line)) lines_.next(line);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) throw std::runtime_error(file + ": the file is empty");
    const config::StreamConfig& stream = options.stream;
    if (stream.format == "json" && line[first] == '[') {
      throw std::runtime_error(file + ":" + std::to_string(lines_.line_number() + 1) +
                               ": a JSON array; JSON lines hold one record each");
    }
    const bool records = stream.format == "json" ? line[first] == '{' : !is_recording(line);
    if (records) {
      decoder_ = make_decoder(options);
      if (stream.format == "csv" && stream.record.columns.empty()) take_header();
    } else {
      csv_.emplace(lines_, options.fields, options.tokens, config::find_zone(stream.timezone));
      if (stream.stamp_end) ahead_us_ = stream.period.count();
    }
    advance();
  }

  // False at the end of the file.
  bool advance() {
    do has_sample_ = csv_ ? next_row() : next_record();
    while (has_sample_ && is_of_others());
    return has_sample_;
  }

  bool has_sample() const { return has_sample_; }
  KpiSample& sample() { return sample_; }
  const std::optional<CsvSamples>& csv() const { return csv_; }
  const LineSource& lines() const { return lines_; }

 private:
  bool next_row() {
    if (!csv_->next(sample_)) return false;
    sample_.time_us = std::max<std::int64_t>(sample_.time_us - ahead_us_, 0);
    return true;
  }

  bool is_of_others() {
    if (!group_ || is_of_group(*group_, sample_.element)) return false;
    ++rejects_[static_cast<std::size_t>(RejectReason::no_group)];
    return true;
  }

  bool next_record() {
    std::string_view line;
    RejectReason reason = RejectReason::none;
    for (;;) {
      while (begun_ && decoder_->next(sample_, reason)) {
        if (reason == RejectReason::none) return true;
        ++rejects_[static_cast<std::size_t>(reason)];
      }
      if (!lines_.next(line)) return false;
      begun_ = !is_blank(line);
      if (begun_) decoder_->begin({with_header(line)});
    }
  }

  // The columns' names, which a record of its own would have with it.
  void take_header() {
    std::string_view line;
    lines_.next(line);
    header_ = std::string(line) + '\n';
  }
  std::string_view with_header(std::string_view line) {
    if (header_.empty()) return line;
    return row_ = header_ + std::string(line);
  }

  LineSource lines_;
  RejectCounts& rejects_;
  std::optional<config::GroupConfig> group_;  // none: all elements count
  std::optional<CsvSamples> csv_;
  std::int64_t ahead_us_ = 0;  // of its rows' times: those of ends of periods
  std::string header_;         // format csv, where no configuration names the columns
  std::string row_;
  std::unique_ptr<Decoder> decoder_;
  bool begun_ = false;  // a line, which may hold further samples
  KpiSample sample_;
  bool has_sample_ = false;
};

}  // namespace

struct History::Impl {
  // A heap's greatest element is what comes next: earliest time, then first file.
  bool comes_later(std::size_t a, std::size_t b) const {
    const auto time_a = files[a]->sample().time_us;
    const auto time_b = files[b]->sample().time_us;
    return time_a != time_b ? time_a > time_b : a > b;
  }
  auto order() const {
    return [this](std::size_t a, std::size_t b) { return comes_later(a, b); };
  }
  void push(std::size_t file) {
    if (!files[file]->has_sample()) return;
    heap.push_back(file);
    std::push_heap(heap.begin(), heap.end(), order());
  }
  void require_columns(const std::vector<std::string>& names,
                       const std::vector<std::string>& fields) const;

  RejectCounts rejects{};
  std::vector<std::unique_ptr<HistoryFile>> files;
  std::vector<std::size_t> heap;    // files with a sample that has not been given out
  std::optional<std::size_t> lent;  // the file whose sample the caller has
};

void History::Impl::require_columns(const std::vector<std::string>& names,
                                    const std::vector<std::string>& fields) const {
  std::string missing;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const bool found = std::any_of(files.begin(), files.end(), [f](const auto& file) {
      return !file->csv() || file->csv()->has(f);
    });
    if (!found) missing += (missing.empty() ? "" : ", ") + fields[f];
  }
  if (missing.empty()) return;
  throw CsvRow::error(names.front(), 1, missing,
                      names.size() == 1 ? "no such column" : "no file has such a column");
}

History::History(const std::vector<std::string>& files, const DecoderOptions& options)
    : impl_(std::make_unique<Impl>()) {
  for (const std::string& file : files) {
    impl_->files.push_back(std::make_unique<HistoryFile>(file, options, impl_->rejects));
  }
  if (!files.empty()) impl_->require_columns(files, options.fields);
  for (std::size_t i = 0; i < files.size(); ++i) impl_->push(i);
}

History::~History() = default;

bool History::next(KpiSample& sample) {
  // The element given out last is a view into its file: that file is read on only now.
  if (impl_->lent) {
    const std::size_t file = *impl_->lent;
    impl_->lent.reset();
    impl_->files[file]->advance();
    impl_->push(file);
  }
  if (impl_->heap.empty()) return false;
  std::pop_heap(impl_->heap.begin(), impl_->heap.end(), impl_->order());
  impl_->lent = impl_->heap.back();
  impl_->heap.pop_back();
  std::swap(sample, impl_->files[*impl_->lent]->sample());
  return true;
}

const RejectCounts& History::rejects() const { return impl_->rejects; }

double History::progress() const {
  double read = 0;
  double size = 0;
  for (const auto& file : impl_->files) {
    read += static_cast<double>(file->lines().bytes_read());
    size += static_cast<double>(file->lines().size());
  }
  return size > 0 ? std::min(1.0, read / size) : 0;
}

}  // namespace faultprint::ingest
