#include <doctest/doctest.h>

#include "daemon/probe/element_name.h"

namespace faultprint::daemon::probe {
namespace probe_element_name_test {

using Labels = std::vector<std::pair<std::string, std::string>>;

// 20 slots of two hosts with two interfaces each.
std::vector<Labelled> interfaces(bool with_message_id = false) {
  std::vector<Labelled> things;
  for (int slot = 0; slot < 20; ++slot)
    for (const char* host : {"r1", "r2"})
      for (const char* interface : {"eth0", "eth1"}) {
        Labels labels{{"host", host}, {"interface", interface}, {"vendor", "x"}, {"key", host}};
        if (with_message_id) labels.emplace_back("id", std::to_string(things.size()));
        things.push_back({labels, slot * 1000000LL, "octets"});
      }
  return things;
}

TEST_CASE("the usual label names the element, with a further one where it repeats") {
  const ElementChoice choice = choose_element(interfaces(), {"host"}, 3);
  CHECK(choice.labels == std::vector<std::string>{"host", "interface"});
  CHECK(choice.repeated == 0);
}

TEST_CASE("a label that is new in each record names no element") {
  CHECK(choose_element(interfaces(true), {"host"}, 3).labels ==
        std::vector<std::string>{"host", "interface"});
}

TEST_CASE("where one label must do, the repeats are told") {
  const ElementChoice choice = choose_element(interfaces(), {"host"}, 1);
  CHECK(choice.labels == std::vector<std::string>{"host"});
  CHECK(choice.repeated == doctest::Approx(0.5));
}

TEST_CASE("different KPIs of one element and time are no repeats") {
  std::vector<Labelled> things;
  for (int slot = 0; slot < 20; ++slot)
    for (const char* kpi : {"cpu", "mem"})
      things.push_back({{{"host", "r1"}, {"kind", kpi}}, slot * 1000000LL, kpi});
  CHECK(choose_element(things, {"host"}, 3).labels == std::vector<std::string>{"host"});
}

TEST_CASE("without a usual label, one that sounds like an element's and repeats in time is taken") {
  std::vector<Labelled> things;
  for (int slot = 0; slot < 20; ++slot)
    for (const char* cell : {"c1", "c2", "c3"})
      things.push_back(
          {{{"/meta/cell_id", cell}, {"/severity", "ok"}, {"key", ""}}, slot * 1000000LL, "load"});
  CHECK(choose_element(things, {}, 1).labels == std::vector<std::string>{"/meta/cell_id"});
}

TEST_CASE("the key names elements where nothing in the record does") {
  std::vector<Labelled> things;
  for (int slot = 0; slot < 20; ++slot)
    for (const char* cell : {"c1", "c2"})
      things.push_back({{{"/type", "kpi"}, {"key", cell}}, slot * 1000000LL, "load"});
  CHECK(choose_element(things, {}, 1).labels == std::vector<std::string>{"key"});
}

TEST_CASE("without any label there is no element, and why is told") {
  const ElementChoice choice = choose_element({{{{"key", ""}}, 0, "a"}}, {}, 1);
  CHECK(choice.labels.empty());
  CHECK(!choice.why.empty());
}

}  // namespace probe_element_name_test
}  // namespace faultprint::daemon::probe
