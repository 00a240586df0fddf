// What an evaluation's confidence intervals draw as one: parts of the history that are all but
// independent of each other.
//
// - An incident, with all its windows on all its elements, those after its end that still hold one
//   of its slots included. Windows of one incident resemble each other; a cluster bootstrap draws
//   them together (Davison and Hinkley, Bootstrap Methods and Their Application, 1997, section 3.8;
//   Field and Welsh, Journal of the Royal Statistical Society B 69, 2007).
// - Of the normal rest, stretches of one element of an hour each, two windows where that is longer,
//   cut where an incident or a gap of a window's length interrupts it: non-overlapping blocks, long
//   against what makes neighbouring windows alike (Carlstein, Annals of Statistics 14, 1986;
//   Künsch, Annals of Statistics 17, 1989).
//
// They are drawn within their kind (a fault type, normal), so that each draw has as many incidents
// of each type as the history. What this cannot see: elements that are disturbed together.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/dataset.h"

namespace faultprint::daemon {

class ResamplingUnits {
 public:
  // window: slots.
  ResamplingUnits(config::Microseconds period, int window);

  // The unit of a slot that an element was watched in, which is counted there. Slots of one element
  // come in order, without those to be ignored.
  int add(const std::string& element, std::int64_t slot, const SlotLabels::Label& label);

  // The unit of the last slot added for the element at or before this one; of its first where there
  // is none before, and -1 for an element without any.
  int at(const std::string& element, std::int64_t slot) const;
  // The unit of an incident, made where none of its slots was added.
  int of_incident(const ingest::Incident& incident);

  // The rest by unit: its kind (0 normal, then fault types in order of appearance), its name (what
  // it is of, the same in every evaluation of a history), and slots.
  const std::vector<int>& kinds() const { return kinds_; }
  const std::vector<std::string>& names() const { return names_; }
  // Of a kind; "" of normal.
  const std::vector<std::string>& fault_types() const { return fault_types_; }
  const std::vector<long>& slots() const { return slots_; }
  std::size_t incidents() const { return incident_units_.size(); }
  std::size_t normal_blocks() const { return kinds_.size() - incident_units_.size(); }

 private:
  struct Run {  // of slots in one unit
    std::int64_t first;
    int unit;
  };
  struct Element {
    std::vector<Run> runs;
    std::int64_t last = 0;                       // the slot added last
    const ingest::Incident* incident = nullptr;  // the last one
    std::int64_t incident_slot = 0;              // its last slot
    bool normal = false;                         // the last run is a block of normal
  };

  int unit_for(const std::string& name, Element& element, std::int64_t slot,
               const SlotLabels::Label& label);
  int new_unit(int kind, std::string name);

  std::int64_t window_;
  std::int64_t block_;  // slots
  std::map<std::string, Element, std::less<>> elements_;
  std::map<std::string, int, std::less<>> kind_of_type_;
  std::map<int, int> incident_units_;  // by Incident::id
  std::vector<std::string> fault_types_ = {""};
  std::vector<int> kinds_;
  std::vector<std::string> names_;
  std::vector<long> slots_;
};

}  // namespace faultprint::daemon
