#include "daemon/simulation/simulation.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "daemon/simulation/delivery.h"

namespace faultprint::daemon::simulation {
namespace {

constexpr double kAreaDeviation = 0.08;  // log: weather, matches, holidays
constexpr double kAreaMemory_s = 3 * 3600.0;

}  // namespace

Simulation::Simulation(Options options)
    : options_(std::move(options)),
      network_(make_network(options_.elements, options_.seed)),
      plan_(plan_incidents(network_, options_)),
      slot_(options_.first_slot()),
      area_noise_(static_cast<std::size_t>(network_.areas),
                  SlowNoise(kAreaDeviation, kAreaMemory_s)),
      conditions_(network_.cells.size()) {
  const double period_s = static_cast<double>(options_.period.count()) * 1e-6;
  for (const Cell& cell : network_.cells) models_.emplace_back(cell, period_s);
}

std::size_t Simulation::records() const {
  return network_.cells.size() * static_cast<std::size_t>(options_.slots());
}

double Simulation::progress() const {
  return static_cast<double>(slot_ - options_.first_slot()) /
         static_cast<double>(std::max<std::int64_t>(1, options_.slots()));
}

bool Simulation::next(HistoryRecord& record) {
  while (given_out_ == arrived_.size()) {
    if (slot_ >= options_.end_slot() && late_.empty()) return false;
    arrived_.clear();
    given_out_ = 0;
    simulate_slot();
  }
  record = std::move(arrived_[given_out_++]);
  return true;
}

// After the last slot: only what is still on its way.
void Simulation::simulate_slot() {
  if (slot_ < options_.end_slot()) {
    strike();
    const double period_s = static_cast<double>(options_.period.count()) * 1e-6;
    const std::int64_t time_us = slot_ * options_.period.count();
    std::array<double, kSurroundings> usual{};
    for (int i = 0; i < kSurroundings; ++i)
      usual[static_cast<std::size_t>(i)] =
          swung(load_share(static_cast<Surroundings>(i), time_us), options_.swing);
    std::vector<double> area(area_noise_.size());
    for (std::size_t i = 0; i < area.size(); ++i) {
      Random random(options_.seed, {kAreaLoad, i, static_cast<std::uint64_t>(slot_)});
      area[i] = area_noise_[i].next(period_s, random);
    }
    for (std::size_t i = 0; i < models_.size(); ++i) {
      const Cell& cell = network_.cells[i];
      Random random(options_.seed, {kReport, i, static_cast<std::uint64_t>(slot_)});
      std::vector<double> values;
      models_[i].report(time_us, usual[static_cast<std::size_t>(cell.surroundings)],
                        area[static_cast<std::size_t>(cell.area)], conditions_[i], random, values);
      send(static_cast<int>(i), std::move(values));
    }
  }
  if (const auto due = late_.find(slot_); due != late_.end()) {
    std::move(due->second.begin(), due->second.end(), std::back_inserter(arrived_));
    late_.erase(due);
  }
  ++slot_;
}

// The incidents of this slot into the conditions of their cells.
void Simulation::strike() {
  for (const PlannedIncident* incident : active_)
    for (const StruckCell& struck : incident->cells)
      conditions_[static_cast<std::size_t>(struck.cell)] = {};
  std::erase_if(active_, [&](const auto* incident) { return incident->end_slot <= slot_; });
  const auto& incidents = plan_.incidents;
  for (; begun_ < incidents.size() && incidents[begun_].first_slot <= slot_; ++begun_)
    active_.push_back(&incidents[begun_]);
  for (const PlannedIncident* incident : active_)
    for (const StruckCell& struck : incident->cells)
      incident->strike(struck, slot_, options_.seed,
                       conditions_[static_cast<std::size_t>(struck.cell)]);
}

void Simulation::send(int cell, std::vector<double> values) {
  const Cell& from = network_.cells[static_cast<std::size_t>(cell)];
  const int delay = delay_slots(options_, from, cell, slot_);
  if (delay < 0) return;
  lose_values(options_, cell, slot_, values);
  HistoryRecord record{slot_ * options_.period.count(), from.name, std::move(values), {}};
  (delay == 0 ? arrived_ : late_[slot_ + delay]).push_back(std::move(record));
}

}  // namespace faultprint::daemon::simulation
