#include "daemon/command_line.h"

int main(int argc, char** argv) { return faultprint::daemon::run_command_line(argc, argv); }
