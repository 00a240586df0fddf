#include "daemon/element_homes.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

namespace faultprint::daemon {
namespace element_homes_test {

const ingest::TopicPartition kFirst{"kpi", 0};
const ingest::TopicPartition kSecond{"kpi", 1};
const ingest::TopicPartition kThird{"more", 0};

TEST_CASE("an element that a second partition has is in several, until one of them forgets it") {
  ElementHomes homes;
  CHECK_FALSE(homes.arrives("leaf1", kFirst));
  CHECK_FALSE(homes.arrives("leaf2", kFirst));
  CHECK(homes.several() == 0);
  CHECK(homes.arrives("leaf1", kSecond) == kFirst);
  CHECK(homes.arrives("leaf1", kThird) == kFirst);
  CHECK(homes.several() == 1);
  CHECK(homes.names() == std::vector<std::string>{"leaf1"});
  homes.departs("leaf1", kFirst);
  CHECK(homes.several() == 1);
  homes.departs("leaf1", kThird);
  CHECK(homes.several() == 0);
  CHECK(homes.names().empty());
  homes.departs("leaf1", kSecond);
  CHECK_FALSE(homes.arrives("leaf1", kThird));
  CHECK(homes.several() == 0);
}

TEST_CASE("who has gone is not named as the other partition") {
  ElementHomes homes;
  homes.arrives("leaf1", kFirst);
  homes.arrives("leaf1", kSecond);
  homes.departs("leaf1", kFirst);
  CHECK_FALSE(homes.arrives("leaf1", kThird));  // it is in the second, too: that is not kept
  CHECK(homes.several() == 1);
  homes.departs("leaf1", kSecond);
  CHECK(homes.arrives("leaf1", kSecond) == kThird);
}

TEST_CASE("what was never told to arrive departs without harm") {
  ElementHomes homes;
  homes.departs("leaf1", kFirst);
  homes.arrives("leaf2", kFirst);
  homes.departs("leaf1", kFirst);
  CHECK(homes.arrives("leaf2", kSecond) == kFirst);
}

TEST_CASE("few are named, all are counted") {
  ElementHomes homes;
  for (int i = 0; i < 1000; ++i)
    for (const auto& where : {kFirst, kSecond}) homes.arrives("leaf" + std::to_string(i), where);
  CHECK(homes.several() == 1000);
  CHECK(homes.names().size() == ElementHomes::kNamed);
}

TEST_CASE("it counts as a plain count does, whatever comes and goes") {
  ElementHomes homes;
  std::map<std::string, std::set<int>> plain;
  std::mt19937 random(7);
  const std::vector<ingest::TopicPartition> where{kFirst, kSecond, kThird};
  for (int i = 0; i < 20000; ++i) {
    const std::string element = "e" + std::to_string(random() % 300);
    const int partition = static_cast<int>(random() % 3);
    std::set<int>& of = plain[element];
    if (of.erase(partition) > 0) {
      homes.departs(element, where[static_cast<std::size_t>(partition)]);
    } else {
      of.insert(partition);
      homes.arrives(element, where[static_cast<std::size_t>(partition)]);
    }
    if (i % 100 > 0) continue;
    std::size_t several = 0;
    for (const auto& [name, partitions] : plain) several += partitions.size() > 1 ? 1 : 0;
    REQUIRE(homes.several() == several);
  }
}

}  // namespace element_homes_test
}  // namespace faultprint::daemon
