#include "model/exact_interval.h"

#include <cmath>

namespace faultprint::model {
namespace {

double log_choose(long n, long k) {
  const auto f = [](long v) { return std::lgamma(static_cast<double>(v) + 1); };
  return f(n) - f(k) - f(n - k);
}

// P(X <= k), X binomial; 0 < p < 1.
double binomial_at_most(long k, long n, double p) {
  double sum = 0;
  for (long i = 0; i <= k; ++i)
    sum += std::exp(log_choose(n, i) + static_cast<double>(i) * std::log(p) +
                    static_cast<double>(n - i) * std::log1p(-p));
  return sum;
}

// P(X <= k), X Poisson; mean > 0.
double poisson_at_most(long k, double mean) {
  double sum = 0;
  for (long i = 0; i <= k; ++i)
    sum += std::exp(static_cast<double>(i) * std::log(mean) - mean -
                    std::lgamma(static_cast<double>(i) + 1));
  return sum;
}

// Where a falling function passes `target`, between low and high.
template <typename Falling>
double where(const Falling& f, double target, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (f(middle) > target ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Interval exact_share(long hits, long tries, double level) {
  const double tail = (1 - level) / 2;
  Interval result{0, 1};
  if (hits > 0)
    result.low =
        where([&](double p) { return binomial_at_most(hits - 1, tries, p); }, 1 - tail, 0, 1);
  if (hits < tries)
    result.high = where([&](double p) { return binomial_at_most(hits, tries, p); }, tail, 0, 1);
  return result;
}

Interval exact_expectation(long count, double level) {
  const double tail = (1 - level) / 2;
  const auto k = static_cast<double>(count);
  const double beyond = k + 10 * std::sqrt(k + 1) + 20;
  Interval result;
  if (count > 0)
    result.low =
        where([&](double mean) { return poisson_at_most(count - 1, mean); }, 1 - tail, 0, beyond);
  result.high = where([&](double mean) { return poisson_at_most(count, mean); }, tail, 0, beyond);
  return result;
}

}  // namespace faultprint::model
