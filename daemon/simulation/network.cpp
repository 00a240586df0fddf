#include "daemon/simulation/network.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "daemon/simulation/random.h"

namespace faultprint::daemon::simulation {
namespace {

constexpr int kCellsOfSite = 3;
constexpr int kSitesOfArea = 8;
constexpr std::size_t kMostNeighbours = 6;
constexpr double kReach = 0.4;  // of a sector's middle from its mast, in distances between sites

struct Place {
  double x;
  double y;
};

Place place_of(int cell, int columns, std::uint64_t seed) {
  const int site = cell / kCellsOfSite;
  Random random(seed, {kPlaces, static_cast<std::uint64_t>(site)});
  const double x = site % columns + random.uniform(-0.25, 0.25);
  const double y = site / columns + random.uniform(-0.25, 0.25);
  const double turned = random.uniform(0, 1.0 / kCellsOfSite);
  const double share = turned + static_cast<double>(cell % kCellsOfSite) / kCellsOfSite;
  const double azimuth = 2 * std::numbers::pi * share;
  return {x + kReach * std::sin(azimuth), y + kReach * std::cos(azimuth)};
}

std::string name_of(const Cell& cell, int number) {
  char name[64];
  std::snprintf(name, sizeof name, "area%02d-site%04d-%d", cell.area + 1, cell.site + 1,
                number % kCellsOfSite + 1);
  return name;
}

Cell make_cell(int number, std::uint64_t seed) {
  Cell cell;
  cell.site = number / kCellsOfSite;
  cell.area = cell.site / kSitesOfArea;
  cell.name = name_of(cell, number);
  Random of_site(seed, {kCells, 0, static_cast<std::uint64_t>(cell.site)});
  cell.surroundings = static_cast<Surroundings>(of_site.below(kSurroundings));
  cell.delay_ms = of_site.uniform(3, 9);
  Random random(seed, {kCells, 1, static_cast<std::uint64_t>(number)});
  cell.busy_users = 60 * std::exp(0.7 * random.normal());
  cell.attempts_per_user_s = random.uniform(0.004, 0.009);
  cell.busy_utilisation = random.uniform(0.3, 0.75);
  cell.cqi = random.uniform(8.5, 11.5);
  cell.rssi_dbm = random.uniform(-113, -107);
  cell.imbalance_db = random.uniform(0.3, 1.5);
  cell.sleeps_at_night = random.chance(0.4);
  return cell;
}

// The nearest, among the cells of its own and the eight sites around.
std::vector<Neighbour> neighbours_of(int cell, int columns, const std::vector<Place>& places) {
  const int site = cell / kCellsOfSite;
  std::vector<std::pair<double, int>> near;
  for (int row = site / columns - 1; row <= site / columns + 1; ++row)
    for (int column = site % columns - 1; column <= site % columns + 1; ++column) {
      if (row < 0 || column < 0 || column >= columns) continue;
      for (int i = 0; i < kCellsOfSite; ++i) {
        const int other = (row * columns + column) * kCellsOfSite + i;
        if (other == cell || other >= static_cast<int>(places.size())) continue;
        const Place& a = places[static_cast<std::size_t>(cell)];
        const Place& b = places[static_cast<std::size_t>(other)];
        near.emplace_back(std::hypot(a.x - b.x, a.y - b.y), other);
      }
    }
  std::sort(near.begin(), near.end());
  near.resize(std::min(near.size(), kMostNeighbours));
  std::vector<Neighbour> neighbours;
  for (const auto& [distance, other] : near)
    neighbours.push_back({other, near.front().first / distance});
  return neighbours;
}

std::string glob_without(const std::string& name, std::size_t end) {
  return name.substr(0, end + 1) + "*";
}

}  // namespace

Network make_network(int cells, std::uint64_t seed) {
  Network network;
  const int sites = (cells + kCellsOfSite - 1) / kCellsOfSite;
  const int columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(sites))));
  std::vector<Place> places;
  for (int i = 0; i < cells; ++i) {
    network.cells.push_back(make_cell(i, seed));
    places.push_back(place_of(i, columns, seed));
  }
  for (int i = 0; i < cells; ++i)
    network.cells[static_cast<std::size_t>(i)].neighbours = neighbours_of(i, columns, places);
  network.sites = sites;
  network.areas = (sites + kSitesOfArea - 1) / kSitesOfArea;
  return network;
}

std::string site_glob(const Cell& cell) { return glob_without(cell.name, cell.name.rfind('-')); }

std::string area_glob(const Cell& cell) { return glob_without(cell.name, cell.name.find('-')); }

}  // namespace faultprint::daemon::simulation
