#include "daemon/pairs.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "daemon/window_lookup.h"
#include "ingest/csv_row.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

const std::vector<std::string_view> kNames = {"element_a", "time_a", "element_b", "time_b"};

class PairFile {
 public:
  PairFile(const std::string& file, std::size_t cells) : file_(file), cells_(cells), lines_(file) {
    if (!row_.read(lines_)) throw ingest::CsvRow::error(file, 1, "same", "the column is missing");
    header_.assign(row_.cells().begin(), row_.cells().end());
    const auto same = std::find_if(header_.begin(), header_.end(), [](const std::string& name) {
      return name == "same" || name == "class";
    });
    if (same == header_.end()) throw fail("same", "the column is missing");
    same_ = static_cast<std::size_t>(same - header_.begin());
    named_ = std::all_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
      return std::find(header_.begin(), header_.end(), name) != header_.end();
    });
    if (!named_ && header_.size() != 2 * cells + 1)
      throw fail("", "there are " + std::to_string(header_.size() - 1) +
                         " values where two windows have " + std::to_string(2 * cells) +
                         "; or name them: element_a,time_a,element_b,time_b,same");
  }

  bool named() const { return named_; }

  bool next() {
    if (!row_.read(lines_)) return false;
    if (row_.cells().size() > header_.size())
      throw fail("", "the row has " + std::to_string(row_.cells().size()) +
                         " values where the header has " + std::to_string(header_.size()));
    return true;
  }

  bool same() const {
    std::string text(cell(same_));
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    for (const char* yes : {"1", "yes", "same", "true"})
      if (text == yes) return true;
    for (const char* no : {"0", "no", "different", "false"})
      if (text == no) return false;
    throw fail("same", "\"" + text + "\" is neither 1 nor 0");
  }

  // The window of kNames[element] and the time beside it.
  WindowName name(std::size_t element) const {
    const auto time = ingest::parse_time(cell(place(element + 1)));
    if (!time)
      throw fail(kNames[element + 1],
                 "\"" + std::string(cell(place(element + 1))) + "\" is no time");
    return {std::string(cell(place(element))), *time};
  }

  void values(float* to) const {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (i == same_) continue;
      const std::string_view text = cell(i);
      float value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        throw fail(header_[i], "\"" + std::string(text) + "\" is no number");
      *to++ = value;
    }
  }

  // column: empty where it is the row as a whole.
  std::runtime_error fail(std::string_view column, const std::string& what) const {
    if (column.empty())
      return std::runtime_error(file_ + ":" + std::to_string(row_.line_number()) + ": " + what);
    return ingest::CsvRow::error(file_, row_.line_number(), column, what);
  }

 private:
  std::size_t place(std::size_t name) const {
    return static_cast<std::size_t>(std::find(header_.begin(), header_.end(), kNames[name]) -
                                    header_.begin());
  }
  std::string_view cell(std::size_t i) const {
    if (i >= row_.cells().size()) throw fail(header_[i], "the row ends before it");
    return row_.cells()[i];
  }

  std::string file_;
  std::size_t cells_;
  ingest::LineSource lines_;
  ingest::CsvRow row_;
  std::vector<std::string> header_;
  std::size_t same_ = 0;
  bool named_ = false;
};

model::TrainingPairs from_rows(const std::vector<float>& rows, std::vector<std::uint8_t> same,
                               std::size_t cells) {
  model::TrainingPairs pairs;
  pairs.windows = Eigen::Map<const model::Matrix>(
      rows.data(), static_cast<Eigen::Index>(2 * same.size()), static_cast<Eigen::Index>(cells));
  pairs.same = std::move(same);
  return pairs;
}

}  // namespace

model::TrainingPairs read_pairs(const config::Config& config, const config::InputSpec& input,
                                const std::vector<std::string>& history, const std::string& file) {
  const std::size_t cells = input.columns() * static_cast<std::size_t>(input.window);
  PairFile reader(file, cells);
  std::vector<std::uint8_t> same;
  std::vector<float> rows;
  std::vector<WindowName> names;
  std::vector<std::runtime_error> missing;  // what to say of each name
  while (reader.next()) {
    same.push_back(reader.same() ? 1 : 0);
    if (reader.named()) {
      for (const std::size_t side : {std::size_t{0}, std::size_t{2}}) {
        names.push_back(reader.name(side));
        missing.push_back(reader.fail(
            kNames[side], "the history has no scored window of '" + names.back().element + "' at " +
                              ingest::format_rfc3339(names.back().time_us)));
      }
    } else {
      rows.resize(rows.size() + 2 * cells);
      reader.values(rows.data() + rows.size() - 2 * cells);
    }
  }
  if (same.empty()) throw std::runtime_error(file + ": it holds no pair");
  if (reader.named()) {
    const WindowsByName found = find_windows(config, input, history, names, {});
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto window = found.find(names[i]);
      if (window == found.end()) throw missing[i];
      rows.insert(rows.end(), window->second.begin(), window->second.end());
    }
  }
  return from_rows(rows, std::move(same), cells);
}

}  // namespace faultprint::daemon
