// How probable it is that two windows show the same fault, by the distance of their embeddings.
//
// Log odds that fall linearly with the distance: logistic regression, monotone by its one slope.
// Pairs of windows are many, but they come from few incidents: isotonic regression would make steps
// of 0 and 1 out of a handful of them, and no statement between or beyond. Targets are smoothed
// (Platt, 1999) by the number of pairs of incidents on the weaker side, by the rule of succession:
// after one pair of incidents nothing is surer than about two to one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/distance.h"

namespace faultprint::model {

// Two windows of which it is known whether they show the same fault.
struct PairDistance {
  double distance = 0;  // |a - b| of their embeddings
  bool same = false;
  // Numbers from 0. Each pair of incidents (group) counts alike, however long they are, within its
  // pair of labels (kind); each kind alike among the same and among the different. A group is of
  // one kind.
  int kind = 0;
  int group = 0;
};

struct PairCalibration {
  double slope = 0;  // log odds lost a unit of distance; 0: the distance tells nothing
  double bias = 0;   // log odds at distance 0 where both outcomes are as likely beforehand
  // What it rests on: pairs of incidents (or labelled pairs) of the same fault and of different
  // ones, and the pairs of windows in them.
  std::int64_t same = 0;
  std::int64_t different = 0;
  std::int64_t windows = 0;

  // prior: how probable it is, before looking, that two windows show the same fault; in (0,1).
  double probability(Distance d, double prior = 0.5) const;
  // The distance at which both outcomes are as probable: nearer is the same fault. Below 0 where
  // the prior outweighs any likeness; none where the distance tells nothing.
  std::optional<double> threshold(double prior = 0.5) const;
};

// None without a pair of either side.
std::optional<PairCalibration> fit_pair_calibration(std::span<const PairDistance> pairs);

// "W_PAIR_CAL_...: ..." where it is missing, rests on too few pairs, or tells nothing.
std::vector<std::string> check_pair_calibration(const std::optional<PairCalibration>& calibration);

}  // namespace faultprint::model
