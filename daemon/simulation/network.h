// Who stands where: cells on sites, sites in areas, and each cell's neighbours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/simulation/load_curve.h"

namespace faultprint::daemon::simulation {

struct Neighbour {
  int cell;
  double weight;  // (0, 1]: what of a fault's effect on neighbours reaches it; 1 for the nearest
};

// What a cell is like; no two are alike.
struct Cell {
  std::string name;  // "area01-site0007-2"
  int site = 0;
  int area = 0;
  Surroundings surroundings = Surroundings::homes;
  double busy_users = 0;           // connected in its busy hour
  double attempts_per_user_s = 0;  // connections asked for, by user and second
  double busy_utilisation = 0;     // share of radio blocks used in its busy hour
  double cqi = 0;                  // channel quality, 1..15
  double rssi_dbm = 0;             // uplink, with nobody there
  double imbalance_db = 0;         // between its two receivers
  double delay_ms = 0;             // of its backhaul
  bool sleeps_at_night = false;    // its second carrier, to save power
  std::vector<Neighbour> neighbours;
};

struct Network {
  std::vector<Cell> cells;  // those of a site follow each other, as do those of an area
  int sites = 0;
  int areas = 0;
};

// Three cells a site, on a grid that is none too even.
Network make_network(int cells, std::uint64_t seed);

std::string site_glob(const Cell& cell);  // "area01-site0007-*": all cells of its site
std::string area_glob(const Cell& cell);  // "area01-*"

}  // namespace faultprint::daemon::simulation
