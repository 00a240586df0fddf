#include "daemon/unknown_episodes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <tuple>

#include "ingest/csv_row.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

void add_to(std::vector<double>& sum, const std::vector<double>& values) {
  if (sum.empty()) sum.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sum[i] += values[i];
}

std::vector<float> mean(const std::vector<double>& sum, std::size_t count) {
  std::vector<float> result;
  for (const double x : sum) result.push_back(static_cast<float>(x / static_cast<double>(count)));
  return result;
}

// Two episodes are alike when the same KPIs moved the same way, however far: the cosine of the
// angle between their mean windows. Not their embeddings: an encoder need not keep apart what it
// was never taught (on the bundled recording it put a rise of traffic and a fall of it into one
// place).
constexpr double kAlike = 0.8;

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double product = 0;
  double squares_a = 1e-12;
  double squares_b = 1e-12;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += static_cast<double>(a[i]) * b[i];
    squares_a += static_cast<double>(a[i]) * a[i];
    squares_b += static_cast<double>(b[i]) * b[i];
  }
  return product / std::sqrt(squares_a * squares_b);
}

std::string number(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

void UnknownEpisodes::Evidence::add(const Evidence& other) {
  if (other.windows == 0) return;
  windows += other.windows;
  add_to(window, other.window);
  add_to(distances, other.distances);
}

void UnknownEpisodes::follow(const std::vector<Verdict>& verdicts,
                             std::span<const AlarmEvent> events, const ingest::WindowStore& store,
                             const Scorer& scorer) {
  std::size_t next = 0;  // events come in the order of the verdicts that made them
  for (const Verdict& verdict : verdicts) {
    const std::string& element = store.element_name(verdict.element);
    Watch& watch = watches_[element];
    if (verdict.fresh) {
      close(watch, element, watch.last_us);
      watch = {};
    }
    watch.last_us = verdict.time_us;
    if (verdict.outcome != Outcome::not_scored) see(watch, verdict, store, scorer);
    while (next < events.size() && events[next].element == element &&
           events[next].time_us == verdict.time_us)
      handle(watch, events[next++]);
  }
  for (; next < events.size(); ++next) handle(watches_[events[next].element], events[next]);
}

void UnknownEpisodes::see(Watch& watch, const Verdict& verdict, const ingest::WindowStore& store,
                          const Scorer& scorer) {
  Recent recent{verdict.time_us, verdict.outcome != Outcome::normal, {}};
  if (verdict.outcome == Outcome::unknown) {
    const std::size_t cells = store.layout().cells();
    const auto row = static_cast<std::size_t>(verdict.row);
    recent.evidence = evidence_of(std::span(store.batch().windows).subspan(row * cells, cells),
                                  scorer.distances(0, verdict.row));
  }
  if (watch.open) watch.open->evidence.add(recent.evidence);
  watch.recent.push_back(std::move(recent));
  if (watch.recent.size() > raise_of_) watch.recent.pop_front();
}

UnknownEpisodes::Evidence UnknownEpisodes::evidence_of(std::span<const float> window,
                                                       const float* distances) const {
  return {1,
          {window.begin(), window.end()},
          {distances, distances + model_->model.clusters.clusters().size()}};
}

void UnknownEpisodes::handle(Watch& watch, const AlarmEvent& event) {
  switch (event.kind) {
    case AlarmEvent::Kind::raised: {
      if (event.fault_type != AlarmTracker::kUnknown) return;
      Open open{event.time_us, {}};
      for (const Recent& recent : watch.recent) {
        if (recent.abnormal) open.start_us = std::min(open.start_us, recent.time_us);
        open.evidence.add(recent.evidence);
      }
      open.start_us -= model_->input.period.count();  // a verdict's time is its slot's end
      watch.open = std::move(open);
      return;
    }
    case AlarmEvent::Kind::changed:
      if (event.fault_type != AlarmTracker::kUnknown) watch.open.reset();
      return;
    case AlarmEvent::Kind::withheld:
      return;
    case AlarmEvent::Kind::cleared:
      // An element that fell silent for long is cleared when it comes back, or never came.
      close(watch, event.element, event.reason == "normal" ? event.time_us : watch.last_us);
      return;
  }
}

void UnknownEpisodes::close(Watch& watch, const std::string& element, std::int64_t end_us) {
  if (!watch.open) return;
  const Evidence& evidence = watch.open->evidence;
  Closed closed;
  UnknownEpisode& episode = closed.episode;
  episode.element = element;
  episode.start_us = watch.open->start_us;
  episode.end_us = end_us;
  closed.window = mean(evidence.window, evidence.windows);
  episode.kpis = strongest_kpis(closed.window, model_->input);
  const std::vector<float> distances = mean(evidence.distances, evidence.windows);
  for (std::size_t c = 0; c < distances.size(); ++c) {
    if (static_cast<int>(c) == model_->normal) continue;
    if (!episode.nearest_type.empty() && distances[c] >= episode.distance) continue;
    episode.nearest_type = model_->label(static_cast<int>(c));
    episode.distance = distances[c];
  }
  closed_.push_back(std::move(closed));
  watch.open.reset();
}

// Each episode joins the kind whose first episode it is most like, or begins one.
void UnknownEpisodes::number_kinds() {
  std::vector<const Closed*> first;
  for (Closed& closed : closed_) {
    double most = kAlike;
    for (std::size_t k = 0; k < first.size(); ++k) {
      const double alike = cosine(closed.window, first[k]->window);
      if (alike < most) continue;
      most = alike;
      closed.episode.kind = static_cast<int>(k) + 1;
    }
    if (closed.episode.kind > 0) continue;
    first.push_back(&closed);
    closed.episode.kind = static_cast<int>(first.size());
  }
}

std::vector<UnknownEpisode> UnknownEpisodes::finish() {
  for (auto& [element, watch] : watches_) close(watch, element, watch.last_us);
  watches_.clear();
  std::sort(closed_.begin(), closed_.end(), [](const Closed& a, const Closed& b) {
    return std::tie(a.episode.start_us, a.episode.element) <
           std::tie(b.episode.start_us, b.episode.element);
  });
  number_kinds();
  std::vector<UnknownEpisode> episodes;
  for (Closed& closed : closed_) episodes.push_back(std::move(closed.episode));
  closed_.clear();
  return episodes;
}

std::vector<std::string> to_incident_rows(const std::vector<UnknownEpisode>& episodes,
                                          config::Microseconds period) {
  std::vector<std::string> rows{
      "element,start,end,fault_type,uncertainty,kind,kpis,nearest_type,distance"};
  for (const UnknownEpisode& e : episodes) {
    std::string kpis;
    for (const KpiEvidence& kpi : e.kpis)
      kpis += (kpis.empty() ? "" : ", ") + kpi.name + " " + number("%+.1f", kpi.deviation);
    rows.push_back(ingest::csv_cell(e.element) + "," + ingest::format_rfc3339(e.start_us) + "," +
                   ingest::format_rfc3339(e.end_us) + "," + AlarmTracker::kUnknown + "," +
                   config::format_duration(period) + "," + std::to_string(e.kind) + "," +
                   ingest::csv_cell(kpis) + "," + ingest::csv_cell(e.nearest_type) + "," +
                   (e.nearest_type.empty() ? "" : number("%.2f", e.distance)));
  }
  return rows;
}

}  // namespace faultprint::daemon
