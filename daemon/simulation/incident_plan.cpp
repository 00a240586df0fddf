#include "daemon/simulation/incident_plan.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "config/limits.h"
#include "daemon/simulation/kpis.h"
#include "daemon/simulation/random.h"

namespace faultprint::daemon::simulation {
namespace {

constexpr int kTries = 50;               // places tried for an incident
constexpr std::int64_t kLeastSlots = 4;  // that an alarm's 3 of 4 can be raised in
constexpr std::int64_t kCalm = config::BaselineSpec{}.start + kWindow;
constexpr double kThere = 0.65;  // share of its slots an intermittent fault is felt in

class Planner {
 public:
  Planner(const Network& network, const Options& options)
      : network_(network),
        options_(options),
        types_(fault_types(options.faults)),
        busy_(network.cells.size()) {}

  IncidentPlan plan() {
    const std::int64_t split = options_.first_held_out();
    fill(options_.first_slot() + kCalm, split);
    fill(split, options_.end_slot());
    std::stable_sort(plan_.incidents.begin(), plan_.incidents.end(),
                     [](const auto& a, const auto& b) { return a.first_slot < b.first_slot; });
    return std::move(plan_);
  }

 private:
  struct Span {
    std::int64_t begin;
    std::int64_t end;
  };

  // Incidents into one part of the time, each type in turn in an order shuffled anew each round.
  void fill(std::int64_t from, std::int64_t to) {
    const double days = static_cast<double>(to - from) *
                        static_cast<double>(options_.period.count()) /
                        static_cast<double>(config::kDay.count());
    const auto count = static_cast<std::size_t>(std::max(0.0, options_.per_day() * days + 0.5));
    Random random(options_.seed, {kDeck, static_cast<std::uint64_t>(from)});
    std::vector<const FaultType*> deck;
    for (std::size_t i = 0; i < count; ++i) {
      if (deck.empty()) deck = shuffled(random);
      place(*deck.back(), Span{from, to}, static_cast<double>(i) / static_cast<double>(count),
            1.0 / static_cast<double>(count));
      deck.pop_back();
    }
  }

  std::vector<const FaultType*> shuffled(Random& random) const {
    std::vector<const FaultType*> deck = types_;
    for (std::size_t i = deck.size(); i > 1; --i) std::swap(deck[i - 1], deck[random.below(i)]);
    return deck;
  }

  // Somewhere in its share of the part, where there is room.
  void place(const FaultType& type, Span part, double begins, double share) {
    Random random(options_.seed, {kIncident, plan_.wanted});
    PlannedIncident incident;
    incident.type = &type;
    incident.number = plan_.wanted++;
    const double length = options_.length_slots() * type.shortest *
                          std::pow(type.longest / type.shortest, random.uniform());
    const auto slots = std::max(kLeastSlots, static_cast<std::int64_t>(length + 0.5));
    draw_sizes(incident, random);
    for (int i = 0; i < kTries; ++i) {
      const double at = begins + share * random.uniform();
      const auto offset =
          static_cast<std::int64_t>(at * static_cast<double>(part.end - part.begin));
      incident.first_slot = std::min(part.begin + offset, part.end - slots);
      incident.end_slot = incident.first_slot + slots;
      choose_cells(incident, random.below(network_.cells.size()));
      if (incident.first_slot < part.begin || !has_room(incident)) continue;
      for (const StruckCell& struck : incident.cells)
        busy_[static_cast<std::size_t>(struck.cell)].push_back(
            {incident.first_slot, incident.end_slot});
      plan_.incidents.push_back(std::move(incident));
      return;
    }
  }

  static void draw_sizes(PlannedIncident& incident, Random& random) {
    const double severity = random.uniform();
    incident.ramp = random.uniform(0.2, 0.6);
    for (const Effect& effect : incident.type->effects) {
      const double place = 0.7 * severity + 0.3 * random.uniform();
      incident.sizes.push_back(effect.least + (effect.most - effect.least) * place);
    }
  }

  void choose_cells(PlannedIncident& incident, std::size_t centre) const {
    incident.cells.clear();
    const Cell& cell = network_.cells[centre];
    const Extent extent = incident.type->extent;
    incident.element = extent == Extent::cell   ? cell.name
                       : extent == Extent::site ? site_glob(cell)
                                                : area_glob(cell);
    const auto struck = [&](const Cell& other) {
      return extent == Extent::cell   ? &other == &cell
             : extent == Extent::site ? other.site == cell.site
                                      : other.area == cell.area;
    };
    std::size_t i = centre;  // they follow each other
    while (i > 0 && struck(network_.cells[i - 1])) --i;
    for (; i < network_.cells.size() && struck(network_.cells[i]); ++i)
      incident.cells.push_back({static_cast<int>(i), true, 1});
    if (!incident.type->reaches_neighbours()) return;
    const std::size_t own = incident.cells.size();
    for (std::size_t k = 0; k < own; ++k)
      for (const Neighbour& neighbour :
           network_.cells[static_cast<std::size_t>(incident.cells[k].cell)].neighbours)
        add_neighbour(incident, neighbour);
  }

  static void add_neighbour(PlannedIncident& incident, const Neighbour& neighbour) {
    for (StruckCell& known : incident.cells) {
      if (known.cell != neighbour.cell) continue;
      if (!known.own) known.weight = std::max(known.weight, neighbour.weight);
      return;
    }
    incident.cells.push_back({neighbour.cell, false, neighbour.weight});
  }

  bool has_room(const PlannedIncident& incident) const {
    for (const StruckCell& struck : incident.cells)
      for (const Span& span : busy_[static_cast<std::size_t>(struck.cell)])
        if (incident.first_slot < span.end + kWindow && span.begin < incident.end_slot + kWindow)
          return false;
    return true;
  }

  const Network& network_;
  const Options& options_;
  std::vector<const FaultType*> types_;
  std::vector<std::vector<Span>> busy_;  // of each cell
  IncidentPlan plan_;
};

}  // namespace

void PlannedIncident::strike(const StruckCell& where, std::int64_t slot, std::uint64_t seed,
                             Condition& condition) const {
  const double place =
      (static_cast<double>(slot - first_slot) + 0.5) / static_cast<double>(end_slot - first_slot);
  Random random(seed, {kComesAndGoes, number, static_cast<std::uint64_t>(slot)});
  const bool on = slot == first_slot || random.chance(kThere);
  const double felt = where.weight * strength(type->onset, place, ramp, on);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Effect& effect = type->effects[i];
    if ((effect.target == Target::own) == where.own) condition.add(effect.driver, felt * sizes[i]);
  }
}

IncidentPlan plan_incidents(const Network& network, const Options& options) {
  Planner planner(network, options);
  if (options.per_day() <= 0) return {};
  const std::int64_t training = options.first_held_out() - options.first_slot();
  const auto longest = static_cast<std::int64_t>(4 * options.length_slots()) + kLeastSlots;
  if (training < kCalm + longest)
    throw std::runtime_error("--days, --period: the part to train on has " +
                             std::to_string(training) + " periods; incidents need at least " +
                             std::to_string(kCalm + longest) +
                             " (the baselines' start, a window, and the longest incident)");
  if (options.held_out > 0 && options.end_slot() - options.first_held_out() < longest)
    throw std::runtime_error("--held-out: the part held out has " +
                             std::to_string(options.end_slot() - options.first_held_out()) +
                             " periods; incidents need at least " + std::to_string(longest) +
                             ", or give 0");
  return planner.plan();
}

}  // namespace faultprint::daemon::simulation
