#include "daemon/usual_tokens.h"

#include <doctest/doctest.h>

#include "stream_helpers.h"

namespace faultprint::daemon {
namespace usual_tokens_test {

TEST_CASE("a token is usual when one in a thousand slots that reported its KPI had it") {
  config::InputSpec input = test::gauges(1);
  input.kpis.push_back(test::state("s"));
  input.kpis.push_back(test::text("t", config::TokenSplit::words, 2));
  UsualTokens usual(input);
  for (int i = 0; i < 3000; ++i) {
    const double state = i < 3 ? 9 : i < 5 ? 8 : 700;
    if (i % 2 == 0)
      usual.add(std::vector<double>{state, 30, i == 0 ? 31.0 : 30.0});
    else
      usual.add(std::vector<double>{state, test::kMissing, test::kMissing});
  }
  usual.add(std::vector<double>{test::kMissing, 12, 0});
  // Of the text's 1501 slots one had 31, and one 12.
  CHECK(usual.result() == std::vector<std::vector<int>>{{9, 700}, {30}});
}

TEST_CASE("where all KPIs are numbers nothing is counted") {
  UsualTokens usual(test::gauges(2));
  usual.add({});
  CHECK(usual.result().empty());
}

}  // namespace usual_tokens_test
}  // namespace faultprint::daemon
