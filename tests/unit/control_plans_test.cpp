#include "daemon/control_plans.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace faultprint::daemon {
namespace control_plans_test {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kSent = 1'501'867'200 * kSecond;  // 2017-08-04T17:20:00Z
constexpr auto kPeriod = std::chrono::seconds(5);

std::string work(const std::string& element, std::int64_t start_s, std::int64_t end_s) {
  return R"({"type":"maintenance","element":")" + element + R"(","start":)" +
         std::to_string(kSent / kSecond + start_s) + R"(,"end":)" +
         std::to_string(kSent / kSecond + end_s) + R"(,"reason":"new card"})";
}

std::string relearn(const std::string& element, std::int64_t time_s) {
  return R"({"type":"relearn","element":")" + element + R"(","time":)" +
         std::to_string(kSent / kSecond + time_s) + "}";
}

bool at_work(const ControlPlans& plans, const char* element, double time_s) {
  const AlarmPlans all = plans.with({}, kPeriod);
  return all.maintenance &&
         all.maintenance->at(element, kSent + static_cast<std::int64_t>(time_s * kSecond)) !=
             nullptr;
}

TEST_CASE("planned work counts from its start, and from ten seconds after its record, to its end") {
  ControlPlans plans;
  CHECK(plans.add({kSent, 0, 0}, work("leaf[67]", -3600, 600)) == "");
  CHECK(plans.add({kSent, 0, 1}, work("spine1", 100, 200)) == "");
  CHECK_FALSE(at_work(plans, "leaf6", 9.999));
  CHECK(at_work(plans, "leaf6", 10));
  CHECK(at_work(plans, "leaf7", 599.999));
  CHECK_FALSE(at_work(plans, "leaf7", 600));
  CHECK_FALSE(at_work(plans, "leaf5", 100));
  CHECK_FALSE(at_work(plans, "spine1", 99));
  CHECK(at_work(plans, "spine1", 100));
  CHECK(plans.with({}, kPeriod).maintenance->at("spine1", kSent + 100 * kSecond)->reason ==
        "new card");
}

TEST_CASE("a later record of the same element and start gives the work another end") {
  const std::vector<std::pair<ControlPlans::Place, std::string>> records{
      {{kSent, 0, 0}, work("leaf6", 0, 3600)},
      {{kSent + 100 * kSecond, 0, 1}, work("leaf6", 0, 60)},     // is over
      {{kSent + 200 * kSecond, 0, 2}, work("leaf6", 0, 7200)}};  // and is not
  for (const bool reversed : {false, true}) {
    ControlPlans plans;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& [place, payload] = records[reversed ? records.size() - 1 - i : i];
      CHECK(plans.add(place, payload) == "");
    }
    CHECK(at_work(plans, "leaf6", 10));
    CHECK(at_work(plans, "leaf6", 109.999));
    CHECK_FALSE(at_work(plans, "leaf6", 110));
    CHECK_FALSE(at_work(plans, "leaf6", 209.999));
    CHECK(at_work(plans, "leaf6", 210));
    CHECK(at_work(plans, "leaf6", 7199));
  }
}

TEST_CASE("learning anew counts from its time, and not before ten seconds after its record") {
  ControlPlans plans;
  CHECK(plans.add({kSent, 0, 0}, relearn("leaf1", -1000)) == "");
  CHECK(plans.add({kSent, 0, 1}, relearn("leaf2", 60)) == "");
  const AlarmPlans all = plans.with({}, kPeriod);
  REQUIRE(all.relearn);
  const auto slot = [](std::int64_t time_s) { return (kSent / kSecond + time_s) / 5; };
  CHECK(all.relearn->at("leaf1", slot(10)) != nullptr);
  CHECK(all.relearn->at("leaf1", slot(5)) == nullptr);
  CHECK(all.relearn->at("leaf2", slot(60)) != nullptr);
  CHECK(all.relearn->at("leaf2", slot(10)) == nullptr);
}

TEST_CASE("nothing reaches into a long slot that may be judged already") {
  constexpr auto kQuarter = std::chrono::minutes(15);
  ControlPlans plans;  // written seven minutes into the slot that ends at 900 s
  const std::int64_t sent = kSent + 420 * kSecond;
  CHECK(plans.add({sent, 0, 0}, work("leaf6", 0, 7200)) == "");
  CHECK(plans.add({sent, 0, 1}, relearn("leaf6", 420)) == "");
  const AlarmPlans all = plans.with({}, kQuarter);
  CHECK(all.maintenance->at("leaf6", kSent + 900 * kSecond) == nullptr);
  CHECK(all.maintenance->at("leaf6", kSent + 1800 * kSecond) != nullptr);
  const std::int64_t slot = kSent / kSecond / 900;
  CHECK(all.relearn->at("leaf6", slot) == nullptr);
  CHECK(all.relearn->at("leaf6", slot + 1) != nullptr);
}

TEST_CASE("work that was ended does not come back when there are more than there may be") {
  ControlPlans plans;
  plans.add({kSent, 0, 0}, work("leaf6", 0, 30 * 86400));
  plans.add({kSent + 60 * kSecond, 0, 1}, work("leaf6", 0, 61));
  REQUIRE_FALSE(at_work(plans, "leaf6", 3600));
  for (std::size_t i = 0; i < ControlPlans::kMost; ++i)
    plans.add({kSent + 70 * kSecond, 0, static_cast<std::int64_t>(2 + i)},
              work("a" + std::to_string(i), 0, 86400));
  CHECK_FALSE(at_work(plans, "leaf6", 3600));
  // And where all others end later, it can be ended.
  plans.add({kSent + 80 * kSecond, 0, 99999}, work("a7", 0, 81));
  CHECK_FALSE(at_work(plans, "a7", 3600));
  CHECK(at_work(plans, "a8", 3600));
}

TEST_CASE("what files say counts beside it") {
  AlarmPlans files;
  files.maintenance = std::make_shared<const Maintenance>(
      std::vector<Maintenance::Work>{{"leaf1", kSent - kSecond, kSent + kSecond, "by file"}});
  files.relearn = std::make_shared<const ingest::Relearn>(
      std::vector<ingest::Relearn::Row>{{"leaf1", kSent, "by file"}}, kPeriod);
  ControlPlans plans;
  CHECK(plans.with(files, kPeriod).maintenance == files.maintenance);
  plans.add({kSent, 0, 0}, work("leaf2", 0, 60));
  plans.add({kSent, 0, 1}, relearn("leaf2", 60));
  const AlarmPlans all = plans.with(files, kPeriod);
  CHECK(all.maintenance->at("leaf1", kSent) != nullptr);
  CHECK(all.maintenance->at("leaf2", kSent + 20 * kSecond) != nullptr);
  CHECK(all.relearn->size() == 2);
}

TEST_CASE("a record that cannot be used says why, and changes nothing") {
  const std::string good = work("leaf6", 0, 600);
  const auto with = [&](const char* what, const std::string& by) {
    std::string bad = good;
    return bad.replace(bad.find(what), std::string(what).size(), by);
  };
  const std::string no_time = "is neither RFC 3339 nor a number between 1970 and 2200";
  const std::vector<std::pair<std::string, std::string>> records{
      {"", "is no JSON object"},
      {"\xff\xfe{}", "is no JSON object"},
      {"[]", "is no JSON object"},
      {good + "x", "is no JSON object"},
      {std::string(4000, '['), "is no JSON object"},
      {good + std::string(4096, ' '), "is longer than 4096 bytes"},
      {"{}", "type: must be maintenance or relearn"},
      {with("\"maintenance\"", "3"), "type: must be maintenance or relearn"},
      {with("\"end\"", "\"until\""), "\"until\": unknown key"},
      {with("\"element\":\"leaf6\",", ""), "element: must be text of 1 to 1024 bytes"},
      {with("leaf6", ""), "element: must be text of 1 to 1024 bytes"},
      {with("leaf6", std::string(1025, '*')), "element: must be text of 1 to 1024 bytes"},
      {with("\"leaf6\"", "[\"leaf6\"]"), "element: must be text of 1 to 1024 bytes"},
      {with("\"new card\"", "null"), "reason: must be text of 0 to 1024 bytes"},
      {with("1501867200", "\"tomorrow\""), "start: " + no_time},
      {with("1501867200", "-1"), "start: " + no_time},
      {with("1501867200", "1e400"), "is no JSON object"},
      {with("1501867800", "1e300"), "end: " + no_time},
      {with("1501867800", "1501867200"), "end: is not after start"},
      {R"({"type":"relearn","element":"a"})", "time: " + no_time},
      {R"({"type":"relearn","element":"a","time":1,"start":1})", "\"start\": unknown key"}};
  ControlPlans plans;
  for (const auto& [payload, why] : records) {
    CAPTURE(payload);
    CHECK(plans.add({kSent, 0, 0}, payload) == why);
  }
  for (const std::int64_t time_us : {std::int64_t{-1}, std::int64_t{0}, INT64_MAX, INT64_MIN})
    CHECK(plans.add({time_us, 0, 0}, good) == "has no record time");
  CHECK(plans.works() + plans.relearned() == 0);
  CHECK(plans.add({kSent, 0, 0}, good) == "");
}

TEST_CASE("beyond the most there may be those stay that end last, in whatever order they come") {
  const auto most = static_cast<std::int64_t>(ControlPlans::kMost);
  ControlPlans forth;
  ControlPlans back;
  for (std::int64_t i = 0; i < most + 5; ++i) {
    const std::int64_t other = most + 4 - i;
    forth.add({kSent, 0, i}, work("a" + std::to_string(i), 0, 100 + i));
    back.add({kSent, 0, other}, work("a" + std::to_string(other), 0, 100 + other));
  }
  for (const ControlPlans* plans : {&forth, &back}) {
    CHECK(plans->works() == ControlPlans::kMost);
    CHECK_FALSE(at_work(*plans, "a4", 50));
    CHECK(at_work(*plans, "a5", 50));
    CHECK(at_work(*plans, ("a" + std::to_string(most + 4)).c_str(), 50));
  }
}

}  // namespace control_plans_test
}  // namespace faultprint::daemon
