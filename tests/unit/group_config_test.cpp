#include "config/group_config.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/changed_keys.h"
#include "config/key_lines.h"

namespace faultprint::config {
namespace group_config_test {

using Names = std::vector<std::string>;

const std::string kKafka = "kafka: {brokers: \"b:9092\", topics: [kpi, pm]}\n";
const std::string kRouters =
    "  - name: routers\n"
    "    elements: [\"leaf*\", spine1]\n"
    "    topics: [kpi]\n"
    "    stream: {period: 5s, window: 12, kpis: [{name: load}]}\n"
    "    model: {file: routers.safetensors}\n"
    "    alarms: {raise: 1/2, folding: {by: site}}\n";
const std::string kCells =
    "  - {name: cells, stream: {period: 15m, window: 4, kpis: [{name: drops, kind: delta}]}}\n";
const std::string kInventory = "inventory: {file: i.csv, labels: [site]}\n";

Config parsed(const std::string& groups, const std::string& more = "") {
  return parse(kKafka + "groups:\n" + groups + more, "/etc/fp/c.yaml");
}

std::string error_of(const std::string& groups, const std::string& more = "") {
  try {
    parsed(groups, more);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("each group has a stream, model and alarm rules of its own") {
  const Config config = parsed(kRouters + kCells, kInventory);
  REQUIRE(config.groups.size() == 2);
  CHECK(config.has_groups());
  const GroupConfig& routers = config.groups[0];
  CHECK(routers.name == "routers");
  CHECK(routers.elements == Names{"leaf*", "spine1"});
  CHECK(routers.topics == Names{"kpi"});
  CHECK(routers.stream.kpis[0].name == "load");
  CHECK(routers.model.file == "/etc/fp/routers.safetensors");
  CHECK(routers.alarms.raise_of == 2);
  CHECK(routers.alarms.folding.by == "site");
  const GroupConfig& cells = config.groups[1];
  CHECK(cells.stream.period == std::chrono::minutes(15));
  CHECK(cells.model.file.empty());
  CHECK(cells.alarms.raise_of == 4);
  CHECK(cells.alarms.silence.topics == std::chrono::minutes(62));  // by its own period
  CHECK(cells.taken_before == Names{"leaf*", "spine1"});
  CHECK(cells.reads_topic("pm"));
  CHECK_FALSE(routers.reads_topic("pm"));
}

TEST_CASE("without the list there is one group without a name") {
  const Config config = parse("stream: {period: 5s, window: 12, kpis: [{name: a}]}\n", "c.yaml");
  CHECK_FALSE(config.has_groups());
  CHECK(config.group().name.empty());
  CHECK(config.group().reads_topic("any"));
  CHECK(error_at(config, "stream.window", "x").what() == std::string("c.yaml:1: stream.window: x"));
}

TEST_CASE("one group of several must be chosen") {
  const Config config = parsed(kRouters + kCells, kInventory);
  CHECK_THROWS_AS(config.group(), std::logic_error);
  const Config cells = config.of_group(config.groups[1]);
  CHECK(cells.group().name == "cells");
  CHECK(cells.input_spec().window == 4);
  CHECK(cells.kafka.brokers == "b:9092");
}

TEST_CASE("errors that show later name the group, and its line") {
  const Config config = parsed(kRouters + kCells, kInventory);
  const auto told = [&](std::size_t group, const std::string& key) {
    return std::string(error_at(config.of_group(config.groups[group]), key, "x").what());
  };
  CHECK(told(0, "alarms.raise") == "/etc/fp/c.yaml:8: groups[routers].alarms.raise: x");
  CHECK(told(0, "stream.max_gap") == "/etc/fp/c.yaml:6: groups[routers].stream.max_gap: x");
  CHECK(told(1, "model.file") == "/etc/fp/c.yaml:9: groups[cells].model.file: x");
  CHECK(told(1, "kafka.topics") == "/etc/fp/c.yaml:1: kafka.topics: x");
}

TEST_CASE("bad groups are refused with file, line, key and reason") {
  const std::string at = "/etc/fp/c.yaml:";
  CHECK(error_of("  []\n") == at + "2: groups: must be a list of 1 to 64 groups, not of 0");
  CHECK(error_of(kCells, "stream: {period: 5s, window: 12, kpis: [{name: a}]}\n") ==
        at + "4: stream: must not stand beside groups, each of which has its own");
  CHECK(error_of(kCells, "alarms: {clear: 3}\n") ==
        at + "4: alarms: must not stand beside groups, each of which has its own");
  CHECK(error_of(kCells, "model: {file: m}\n") ==
        at + "4: model: must not stand beside groups, each of which has its own");
  CHECK(error_of("  - {elements: [a]}\n") ==
        at + "3: groups[0].name: is required: what the group is called");
  CHECK(error_of("  - {name: \"a/b\"}\n") ==
        at + "3: groups[0].name: must be 1 to 64 letters, digits, - and _, not the text \"a/b\"");
  CHECK(error_of("  - {name: a}\n") ==
        at + "3: groups[0].stream: is required: a mapping with period, window, kpis");
  CHECK(error_of(kCells + kCells) ==
        at + "4: groups[1].name: must be unique, cells is given twice");
  CHECK(error_of("  - {name: a, elements: []}\n") ==
        at + "3: groups[0].elements: must have a glob; left out, it means all");
  CHECK(error_of("  - {name: a, elements: [x, x]}\n") ==
        at + "3: groups[0].elements[1]: must be unique, x is given twice");
  CHECK(error_of("  - {name: a, colour: red}\n") ==
        at + "3: groups[0].colour: unknown key, allowed are name, elements, topics, stream, model "
             "and alarms");
}

TEST_CASE("what groups read must be there, and be theirs") {
  const std::string at = "/etc/fp/c.yaml:";
  const std::string stream = "stream: {period: 5s, window: 12, kpis: [{name: a}]}";
  CHECK(error_of("  - {name: a, topics: [alarms], " + stream + "}\n") ==
        at + "3: groups[0].topics[0]: must be one of kafka.topics, as it stands there, not alarms");
  CHECK(error_of("  - {name: a, topics: [kpi], " + stream + "}\n") ==
        at + "1: kafka.topics[1]: is read by none of the groups");
  CHECK(error_of(kCells + "  - {name: a, topics: [pm], " + stream + "}\n") ==
        at + "4: groups[1]: gets no element: groups before it take all of its topics");
  CHECK(error_of("  - {name: a, elements: [\"x*\"], " + stream +
                 "}\n  - {name: b, stream: {period: 5s, window: 12, kpis: [{name: a}], format: "
                 "influx}}\n") ==
        at + "4: groups[1].stream.format: must be json as in a, not influx: both read kpi");
}

TEST_CASE("the effective configuration of groups is accepted and its own") {
  const std::string once = effective(parsed(kRouters + kCells, kInventory));
  CHECK(once.find("\n  - name: \"cells\"") != std::string::npos);
  CHECK(effective(parse(once, "c.yaml")) == once);
}

TEST_CASE("changed keys of groups are named with the group") {
  const auto changed = [](const std::string& before, const std::string& after) {
    return changed_keys(parsed(before, kInventory), parsed(after, kInventory));
  };
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(changed(kRouters + kCells, kRouters + kCells).empty());
  CHECK(changed(kRouters + kCells, with(kRouters, "1/2", "2/2") + kCells) ==
        Names{"groups[routers].alarms.raise"});
  CHECK(changed(kRouters + kCells, kRouters + with(kCells, "window: 4", "window: 5")) ==
        Names{"groups[cells].stream.window", "groups[cells].stream.warm_up"});
  CHECK(changed(kRouters + kCells, with(kRouters, "leaf*", "leaf?") + kCells) ==
        Names{"groups[routers].elements"});
  const Names other = changed(kRouters + kCells, kRouters + with(kCells, "cells", "sites"));
  CHECK(std::find(other.begin(), other.end(), "groups") != other.end());
}

}  // namespace group_config_test
}  // namespace faultprint::config
