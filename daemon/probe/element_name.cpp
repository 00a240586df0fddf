#include "daemon/probe/element_name.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "config/name_template.h"
#include "daemon/probe/name_hints.h"
#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {

namespace {

constexpr double kNearlyAll = 0.9;  // a label that names elements is there in as many things
constexpr double kFewRepeats = 0.01;
constexpr std::size_t kLongestName = 256;      // of an element
constexpr std::size_t kMostLabelColumns = 64;  // that are tried alone and together

// Text as numbers that are quicker to compare.
class Interned {
 public:
  std::uint32_t operator()(const std::string& text) {
    return ids_.try_emplace(text, static_cast<std::uint32_t>(ids_.size() + 1)).first->second;
  }

 private:
  std::map<std::string, std::uint32_t> ids_;
};

struct LabelColumn {
  std::string name;
  std::vector<std::uint32_t> values;  // of each thing; 0: it has none
};

struct Fit {
  double repeated = 1;       // share of those that have a name
  double lost = 1;           // share that have none
  std::size_t elements = 0;  // different names
  double times_each = 0;     // things that an element has, on average
};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 33);
}

class ElementSearch {
 public:
  ElementSearch(const std::vector<Labelled>& things, const std::vector<std::string>& usual);

  const LabelColumn* find(const std::string& name) const {
    for (const LabelColumn& column : columns_)
      if (column.name == name) return &column;
    return nullptr;
  }
  const std::vector<LabelColumn>& columns() const { return columns_; }
  Fit fit(const std::vector<const LabelColumn*>& parts) const;

 private:
  std::vector<LabelColumn> columns_;
  std::vector<std::uint64_t> rest_;  // of each thing: time and KPI
};

bool names_something(const std::string& text) {
  return !text.empty() && text.size() <= kLongestName;
}

// In a template braces are a label's ends; a JSON pointer stands alone.
bool can_be_part(const std::string& label) {
  return can_be_named(label) &&
         (label.starts_with('/') || label.find_first_of("{}") == std::string::npos);
}

// The labels that nearly all things have, by name. Of too many, those that are usual or sound most
// like an element's.
std::vector<std::string> common_labels(const std::vector<Labelled>& things,
                                       const std::vector<std::string>& usual) {
  struct Count {
    std::size_t things = 0;
    const Labelled* last = nullptr;
  };
  std::unordered_map<std::string_view, Count> counts;
  for (const Labelled& thing : things)
    for (const auto& [name, text] : thing.labels) {
      if (!names_something(text)) continue;
      Count& count = counts[name];
      if (std::exchange(count.last, &thing) != &thing) ++count.things;
    }
  std::vector<std::string> names;
  for (const auto& [name, count] : counts)
    if (static_cast<double>(count.things) >= kNearlyAll * static_cast<double>(things.size()) &&
        can_be_part(std::string(name)))
      names.emplace_back(name);
  std::sort(names.begin(), names.end());
  if (names.size() <= kMostLabelColumns) return names;
  const auto rank = [&](const std::string& name) {
    const bool is_usual = std::find(usual.begin(), usual.end(), name) != usual.end();
    return is_usual ? 3 : sounds_like_element(name);
  };
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return rank(a) > rank(b); });
  names.resize(kMostLabelColumns);
  std::sort(names.begin(), names.end());
  return names;
}

ElementSearch::ElementSearch(const std::vector<Labelled>& things,
                             const std::vector<std::string>& usual) {
  for (const std::string& name : common_labels(things, usual))
    columns_.push_back({name, std::vector<std::uint32_t>(things.size())});
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t c = 0; c < columns_.size(); ++c) places[columns_[c].name] = c;
  Interned kpis;
  std::vector<Interned> texts(columns_.size());
  for (std::size_t i = 0; i < things.size(); ++i) {
    rest_.push_back(mixed(static_cast<std::uint64_t>(things[i].time_us), kpis(things[i].kpi)));
    for (const auto& [name, text] : things[i].labels) {
      const auto place = places.find(name);
      if (place == places.end() || !names_something(text)) continue;
      columns_[place->second].values[i] = texts[place->second](text);
    }
  }
}

Fit ElementSearch::fit(const std::vector<const LabelColumn*>& parts) const {
  std::unordered_set<std::uint64_t> names;
  std::unordered_set<std::uint64_t> seen;
  std::size_t named = 0;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    std::uint64_t name = 0;
    bool whole = true;
    for (const LabelColumn* part : parts) {
      whole = whole && part->values[i] != 0;
      name = mixed(name, part->values[i]);
    }
    if (!whole) continue;
    ++named;
    names.insert(name);
    seen.insert(mixed(name, rest_[i]));
  }
  Fit fit;
  fit.elements = names.size();
  if (named == 0) return fit;
  fit.repeated = 1 - static_cast<double>(seen.size()) / static_cast<double>(named);
  fit.lost = 1 - static_cast<double>(named) / static_cast<double>(rest_.size());
  fit.times_each = static_cast<double>(named) / static_cast<double>(names.size());
  return fit;
}

double score_alone(const LabelColumn& column, const Fit& fit) {
  double score = 2 * sounds_like_element(column.name) - 4 * fit.repeated - 4 * fit.lost;
  const bool beside = column.name == "key" || column.name.starts_with(config::kHeaderLabel);
  if (beside) score -= 0.5;  // files have neither
  if (fit.repeated < kFewRepeats) score += 2;
  if (fit.elements > 1) score += 1;
  return score + (fit.times_each >= 2 ? 1 : -3);
}

// The label that best tells apart what the others do not; nothing where none is worth it.
const LabelColumn* further(const ElementSearch& search, std::vector<const LabelColumn*> parts,
                           const Fit& now) {
  const LabelColumn* best = nullptr;
  double least = now.repeated / 2;
  parts.push_back(nullptr);
  for (const LabelColumn& column : search.columns()) {
    if (std::find(parts.begin(), parts.end(), &column) != parts.end()) continue;
    parts.back() = &column;
    const Fit fit = search.fit(parts);
    if (fit.times_each < 2 || fit.repeated + fit.lost >= least) continue;
    least = fit.repeated + fit.lost;
    best = &column;
  }
  return best;
}

}  // namespace

ElementChoice choose_element(const std::vector<Labelled>& things,
                             const std::vector<std::string>& usual, std::size_t most) {
  const ElementSearch search(things, usual);
  std::vector<const LabelColumn*> parts;
  for (const std::string& name : usual) parts.push_back(search.find(name));
  if (std::count(parts.begin(), parts.end(), nullptr) > 0) parts.clear();
  double best = -1;
  if (parts.empty()) {
    for (const LabelColumn& column : search.columns()) {
      const double score = score_alone(column, search.fit({&column}));
      if (score <= best) continue;
      best = score;
      parts.assign(1, &column);
    }
  }
  ElementChoice choice;
  if (parts.empty()) {
    choice.why = "no text that nearly all records have names an element";
    return choice;
  }
  Fit fit = search.fit(parts);
  while (parts.size() < most && fit.repeated > kFewRepeats) {
    const LabelColumn* more = further(search, parts, fit);
    if (more == nullptr) break;
    parts.push_back(more);
    fit = search.fit(parts);
  }
  for (const LabelColumn* part : parts) choice.labels.push_back(part->name);
  choice.repeated = fit.repeated;
  choice.why = fit.repeated == 0
                   ? "no KPI comes twice for one element and time"
                   : percent(fit.repeated) + " of values come again for one element and time";
  return choice;
}

}  // namespace faultprint::daemon::probe
