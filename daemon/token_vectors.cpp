#include "daemon/token_vectors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "ingest/line_source.h"
#include "ingest/tokens.h"

namespace faultprint::daemon {
namespace {

std::vector<std::string_view> fields_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<std::string_view> fields;
  for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string_view::npos;
       at = line.find_first_not_of(kBlanks, at)) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end;
  }
  return fields;
}

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

class Reading {
 public:
  Reading(const std::string& file, const config::InputSpec& input, int width)
      : lines_(file), kpis_(input.token_kpis()) {
    result_.width = width;
    result_.vectors.of_kpi.resize(kpis_.size());
  }

  TokenVectorFile run() {
    std::string_view line;
    bool any = false;
    while (lines_.next(line)) {
      const auto fields = fields_of(line);
      if (fields.empty() || (lines_.line_number() == 1 && is_header(fields))) continue;
      take(fields);
      any = true;
    }
    if (!any) throw std::runtime_error(lines_.file() + ": it holds no vector");
    return std::move(result_);
  }

 private:
  bool is_header(const std::vector<std::string_view>& fields) {
    long count = 0;
    int width = 0;
    if (fields.size() != 2 || !parse(fields[0], count) || !parse(fields[1], width)) return false;
    expect_width(width);
    return true;
  }

  void expect_width(int width) {
    if (result_.width == 0) result_.width = width;
    if (width != result_.width || width < 1)
      throw error("the vectors have " + std::to_string(width) + " numbers where " +
                  std::to_string(result_.width) + " are wanted");
  }

  void take(const std::vector<std::string_view>& fields) {
    expect_width(static_cast<int>(fields.size()) - 1);
    std::vector<float> vector;
    for (const std::string_view text : std::vector(fields.begin() + 1, fields.end())) {
      float value = 0;
      if (!parse(text, value) || !std::isfinite(value))
        throw error("\"" + std::string(text) + "\" is no finite number");
      vector.push_back(value);
    }
    bool used = false;
    bool taken = false;
    for (std::size_t k = 0; k < kpis_.size(); ++k) {
      const int token = ingest::token_of(kpis_[k], fields[0]);
      if (token == 0) continue;
      (result_.vectors.of_kpi[k].emplace(token, vector).second ? used : taken) = true;
    }
    if (used)
      ++result_.used;
    else if (taken)
      ++result_.shared;
  }

  std::runtime_error error(const std::string& what) const {
    return std::runtime_error(lines_.file() + ":" + std::to_string(lines_.line_number()) + ": " +
                              what);
  }

  ingest::LineSource lines_;
  std::vector<config::KpiSpec> kpis_;
  TokenVectorFile result_;
};

}  // namespace

TokenVectorFile read_token_vectors(const std::string& file, const config::InputSpec& input,
                                   int width) {
  return Reading(file, input, width).run();
}

}  // namespace faultprint::daemon
