// The undisturbed run, and what a world's outputs have of it.
#pragma once

#include "tests/simulation/outcome.h"
#include "tests/simulation/settings.h"

namespace faultprint::crash {

// One partition's log, read once from its begin to its end, without worker, group, disk or offsets.
// control: all of it, known from the start.
void run_undisturbed(const Setting& setting, const std::vector<Record>& log, const History& history,
                     const daemon::ControlPlans& control, Lines& verdicts, Lines& events);

// Where the files of machines "m0/", "m1/" ... differ from it. quiet: nothing has happened for
// which a verdict may come again.
std::vector<std::string> compare(Stage& stage, const Setting& setting, int machines, bool quiet);

}  // namespace faultprint::crash
