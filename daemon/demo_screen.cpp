#include "daemon/demo_screen.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "daemon/terminal.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {

DemoScreen::DemoScreen(const ingest::Incidents& incidents, std::ostream& out)
    : incidents_(incidents), out_(out) {
  for (const auto* incident : incidents.faults()) {
    marks_.push_back({incident->start_us, incident, true});
    marks_.push_back({incident->end_us, incident, false});
  }
  std::stable_sort(marks_.begin(), marks_.end(),
                   [](const Mark& a, const Mark& b) { return a.time_us < b.time_us; });
  out_ << std::left << std::setw(10) << "UTC" << std::setw(34) << "what was done to the network"
       << "what the daemon says\n";
}

void DemoScreen::add(const AlarmEvent& event) { waiting_.emplace(event.time_us, event); }

void DemoScreen::until(std::int64_t time_us) {
  const auto marks_until = [&](std::int64_t end_us) {
    for (; next_ < marks_.size() && marks_[next_].time_us <= end_us; ++next_) show(marks_[next_]);
  };
  while (!waiting_.empty() && waiting_.begin()->first <= time_us) {
    marks_until(waiting_.begin()->first);
    show(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
  marks_until(time_us);
}

void DemoScreen::show(const Mark& mark) {
  const std::string text = std::string(mark.start ? "● " : "○ ") + mark.incident->fault_type +
                           " on " + mark.incident->element + (mark.start ? " begins" : " ends");
  line(mark.time_us, paint(text, mark.start ? Colour::yellow : Colour::grey));
}

void DemoScreen::show(const AlarmEvent& e) {
  const auto* incident = about(e);
  std::string text;
  Colour colour = Colour::grey;
  if (e.kind == AlarmEvent::Kind::cleared) {
    text = "cleared " + e.element + " " + e.fault_type;
  } else {
    text = std::string(e.kind == AlarmEvent::Kind::raised ? "▲ ALARM " : "▲ now ") + e.element +
           " " + e.fault_type;
    colour =
        incident != nullptr && incident->fault_type == e.fault_type ? Colour::green : Colour::red;
    if (incident != nullptr)
      text += ", " + std::to_string((e.time_us - incident->start_us) / 1'000'000) + " s in";
    if (!e.why.kpis.empty()) text += "  (" + e.why.kpis.front().name + " moved most)";
  }
  line(e.time_us, std::string(34, ' ') + paint(text, colour));
}

const ingest::Incident* DemoScreen::about(const AlarmEvent& e) const {
  for (const auto* incident : incidents_.faults())
    if (incident->element == e.element && e.time_us >= incident->start_us &&
        e.time_us <= incident->end_us + 60'000'000)
      return incident;
  return nullptr;
}

void DemoScreen::line(std::int64_t time_us, const std::string& text) {
  const std::string time = ingest::format_rfc3339(time_us);
  if (const std::string day = time.substr(0, 10); day != day_) {
    out_ << day << "\n";
    day_ = day;
  }
  out_ << time.substr(11, 8) << "  " << text << std::endl;
}

}  // namespace faultprint::daemon
