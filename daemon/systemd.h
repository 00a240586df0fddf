// sd_notify and the watchdog; all of it does nothing where the process was not started by systemd.
#pragma once

#include <chrono>
#include <string>

namespace faultprint::daemon::systemd {

void ready();
void stopping();
void reloading();                                // RELOADING=1 with MONOTONIC_USEC
void status(const std::string& text);            // one line for `systemctl status`
void extend_timeout(std::chrono::seconds more);  // during a long start or stop
void watchdog();                                 // "still alive"
// Half of the watchdog's interval; zero where there is none.
std::chrono::microseconds watchdog_interval();
bool under_journal();  // standard error goes to the journal

}  // namespace faultprint::daemon::systemd
