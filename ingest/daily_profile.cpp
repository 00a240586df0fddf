#include "ingest/daily_profile.h"

#include <algorithm>
#include <cmath>

#include "config/limits.h"

namespace faultprint::ingest {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::size_t kDayHours = 24;
constexpr std::size_t kWeekHours = 168;
constexpr double kUnit = 1 << 24;  // of the whole numbers that are added up
constexpr double kMostVisits = 7;  // after two weeks a day, as each counts half
constexpr double kVisit = 0.5;
constexpr double kDayPrior = 0.1;    // visits
constexpr double kWeekPrior = 0.25;  // visits

void put_between(DailyProfile::Place& place, std::size_t first, std::size_t hours, double hour) {
  const double whole = std::floor(hour);
  const auto at = static_cast<std::size_t>(whole);
  place.knots[place.count] = static_cast<std::uint16_t>(first + at % hours);
  place.shares[place.count++] = 1 - (hour - whole);
  place.knots[place.count] = static_cast<std::uint16_t>(first + (at + 1) % hours);
  place.shares[place.count++] = hour - whole;
}

}  // namespace

DailyProfile::DailyProfile(const config::InputSpec& spec)
    : kpis_(spec.numbers()),
      knots_(config::profile_knots(spec.baseline.profile)),
      period_us_(spec.period.count()),
      slots_per_hour_(
          std::max(static_cast<double>(kHourUs) / static_cast<double>(spec.period.count()), 1.0)),
      follows_(kpis_),
      shape_(knots_ * kpis_),
      visits_(knots_ * kpis_),
      seen_error_(knots_ * kpis_),
      seen_weight_(knots_ * kpis_),
      touched_(knots_) {
  for (std::size_t k = 0; k < kpis_; ++k) {
    follows_[k] = spec.kpis[k].kind == config::KpiKind::flag ? 0 : 1;
    if (k >= spec.network.size() || spec.network[k].shape.size() != knots_) continue;
    for (std::size_t knot = 0; knot < knots_; ++knot) {
      shape_[knot * kpis_ + k] = spec.network[k].shape[knot];
      visits_[knot * kpis_ + k] = std::min(spec.network[k].visits[knot], kMostVisits);
    }
  }
}

// Knots stand in the middle of hours.
DailyProfile::Place DailyProfile::place(std::int64_t slot) const {
  constexpr std::int64_t kWeekUs = static_cast<std::int64_t>(kWeekHours) * kHourUs;
  const std::int64_t middle = slot * period_us_ + period_us_ / 2 - kHourUs / 2;
  const std::int64_t within = (middle % kWeekUs + kWeekUs) % kWeekUs;
  const double hour = static_cast<double>(within) / static_cast<double>(kHourUs);
  Place place;
  put_between(place, 0, kDayHours, std::fmod(hour, static_cast<double>(kDayHours)));
  if (knots_ > kDayHours) put_between(place, kDayHours, kWeekHours, hour);
  return place;
}

void DailyProfile::touch(const Place& place) {
  for (std::size_t i = 0; i < place.count; ++i) {
    const std::uint16_t knot = place.knots[i];
    if (touched_[knot] != 0) continue;
    touched_[knot] = 1;
    touched_list_.push_back(knot);
  }
}

void DailyProfile::see(std::size_t kpi, const Place& place, double z, double h) {
  const double weight = h * h / (1 + h * h);
  const double error = h * z / (1 + h * h);
  for (std::size_t i = 0; i < place.count; ++i) {
    const std::size_t at = place.knots[i] * kpis_ + kpi;
    seen_error_[at] += std::llrint(place.shares[i] * error * kUnit);
    seen_weight_[at] += std::llrint(place.shares[i] * weight * kUnit);
  }
}

void DailyProfile::settle(std::int64_t slot, std::size_t elements) {
  if (slot == settled_slot_) return;
  settled_slot_ = slot;
  const double per_visit =
      kUnit * slots_per_hour_ * static_cast<double>(std::max<std::size_t>(elements, 1));
  for (const std::uint16_t knot : touched_list_) teach(knot, per_visit);
  touched_list_.clear();
}

void DailyProfile::teach(std::size_t knot, double per_visit) {
  const double prior = knot < kDayHours ? kDayPrior : kWeekPrior;
  for (std::size_t at = knot * kpis_; at < (knot + 1) * kpis_; ++at) {
    const double visits = static_cast<double>(seen_weight_[at]) / per_visit;
    const double error = static_cast<double>(seen_error_[at]) / per_visit;
    const double known = std::min(visits_[at], kMostVisits);
    const double next = shape_[at] + error / (std::max(known + kVisit * visits, visits) + prior);
    shape_[at] = std::clamp(next, -config::kMaxShape, config::kMaxShape);
    visits_[at] = std::min(visits_[at] + kVisit * visits, kMostVisits);
    seen_weight_[at] = seen_error_[at] = 0;
  }
  touched_[knot] = 0;
}

void DailyProfile::give(std::size_t kpi, config::NetworkKpi& network) const {
  const auto rounded = [](double value) { return std::round(value * 1e4) / 1e4; };
  network.shape.clear();
  network.visits.clear();
  if (!follows(kpi)) return;
  // The day's mean is a matter of levels: where elements began at one hour, it went astray there.
  double mean = 0;
  for (std::size_t knot = 0; knot < kDayHours; ++knot)
    mean += shape_[knot * kpis_ + kpi] / static_cast<double>(kDayHours);
  for (std::size_t knot = 0; knot < knots_; ++knot) {
    const double level = knot < kDayHours ? mean : 0;
    network.shape.push_back(std::clamp(rounded(shape_[knot * kpis_ + kpi] - level),
                                       -config::kMaxShape, config::kMaxShape));
    network.visits.push_back(rounded(visits_[knot * kpis_ + kpi]));
  }
}

void DailyProfile::write(StateWriter& out) const {
  out.put_all(std::span<const double>(shape_));
  out.put_all(std::span<const double>(visits_));
  out.put_all(std::span<const std::uint8_t>(touched_));
  for (std::size_t knot = 0; knot < knots_; ++knot) {
    if (touched_[knot] == 0) continue;
    out.put_all(std::span<const std::int64_t>(seen_error_).subspan(knot * kpis_, kpis_));
    out.put_all(std::span<const std::int64_t>(seen_weight_).subspan(knot * kpis_, kpis_));
  }
  out.put(settled_slot_);
}

void DailyProfile::read(StateReader& in) {
  in.get_all(std::span<double>(shape_));
  in.get_all(std::span<double>(visits_));
  in.get_all(std::span<std::uint8_t>(touched_));
  const auto within = [](double most) {
    return [most](double value) { return std::abs(value) <= most; };  // not a NaN
  };
  if (!std::all_of(shape_.begin(), shape_.end(), within(config::kMaxShape)) ||
      !std::all_of(visits_.begin(), visits_.end(), within(kMostVisits)))
    throw StateError("the daily profile is damaged");
  touched_list_.clear();
  for (std::size_t knot = 0; knot < knots_; ++knot) {
    if (touched_[knot] == 0) continue;
    touched_list_.push_back(static_cast<std::uint16_t>(knot));
    in.get_all(std::span<std::int64_t>(seen_error_).subspan(knot * kpis_, kpis_));
    in.get_all(std::span<std::int64_t>(seen_weight_).subspan(knot * kpis_, kpis_));
  }
  settled_slot_ = in.get<std::int64_t>();
}

}  // namespace faultprint::ingest
