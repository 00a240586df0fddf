# shellcheck shell=bash
# Sourced by demo.sh and test.sh: the packages faultprint is made with, and the steps both share.
# The caller sets $root, the repository's folder.

# The one list of packages and what each is for. Versions: those of Debian 12 or 13.
program_packages="
g++                  compiler (C++20)
cmake                configures the build
ninja-build          runs the build
pkg-config           finds the libraries that have no CMake file
librdkafka-dev       Kafka client, and the built-in broker of the demo
libeigen3-dev        matrix products of the model
libyaml-cpp-dev      reads the configuration
libsimdjson-dev      reads JSON records
nlohmann-json3-dev   writes JSON, reads a model's metadata
prometheus-cpp-dev   metrics
libcpp-httplib-dev   HTTP server
libssl-dev           TLS of the HTTP port; wanted by the HTTP library
libcrypt-dev         bcrypt hashes of its users
libcli11-dev         command line
libspdlog-dev        log
libsystemd-dev       readiness, watchdog and journal under systemd
zlib1g-dev           gzipped KPI history
libhowardhinnant-date-dev time zones by name
"
test_packages="
doctest-dev          unit tests
python3              runs the integration tests
python3-pip          fetches the package safetensors, which opens a model in a test
kcat                 writes to and reads from a Kafka of another make
default-jre-headless runs a real Kafka broker (Java 17 on Debian 12, 21 on 13)
maven                fetches that broker
dpkg-dev             finds what the Debian package depends on
file                 tells it which files are programs
lintian              checks that package
man-db               shows the manual pages, and warns of what is wrong in them
git                  finds the version before in the history, for the test of an upgrade
zsh                  loads its completions
fish                 loads its completions
chromium             draws the pages of reports
chromium-driver      drives it
curl                 asks the HTTP port as an operator would, over TLS
openssl              makes certificates for that
prometheus           scrapes the daemon; its promtool checks rules and metrics
prometheus-alertmanager tells a webhook of the alerts; its amtool checks the example configuration
python3-yaml         reads the description of the API, rules and provisioning files
python3-jsonschema   checks dashboards and provisioning files by Grafana's own types
tzdata               the time zones themselves
libfaketime          sets the clock of one daemon, for a test
"

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Seconds of each part, for the summary.
parts=''
part_done() { # NAME START
  parts+="${parts:+, }$1 $((SECONDS - $2)) s"
}

# Lines of ninja ("[3/90] ...") or apt ("dlstatus:1:12.5:..." while it downloads, "pmstatus:..."
# while it installs) in, a figure that moves out: on one line of a terminal, else by quarters.
show_progress() { # LOG
  local line what=build done all now last=''
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1"
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
      done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
    elif [[ $line =~ ^(dl|pm)status:.*:([0-9]+)\.[0-9]+: ]]; then
      [ "${BASH_REMATCH[1]}" = dl ] && what=download || what=install
      done=${BASH_REMATCH[2]} all=100
    else
      continue
    fi
    if [ -t 1 ]; then
      printf '\r  %s %d %% \033[K' "$what" $((100 * done / all))
    else
      now="$what $((4 * done / all * 25)) %"
      [ "$now" = "$last" ] || say "  $now"
      last=$now
    fi
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_get() { # LOG ARG...
  local log=$1
  shift
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    -o APT::Status-Fd=1 "$@" 2>&1 </dev/null | show_progress "$log"
}

# Prints the lines of LIST whose package is not installed.
missing_of() { # LIST
  local installed name purpose
  # shellcheck disable=SC2016 # dpkg's own variables
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null)
  while read -r name purpose; do
    [ -z "$name" ] || grep -qxF "$name installed" <<<"$installed" || printf '%-24s %s\n' "$name" "$purpose"
  done <<<"$1"
}

# Installs what LIST names and this machine lacks. apt-get update only where apt does not know the
# packages, or cannot get them any more at the versions it knows.
install_packages() { # LIST
  local start=$SECONDS missing names log=$root/build/packages.log
  command -v apt-get >/dev/null || die "needs Debian's apt-get; the packages it would install: $(
    awk '{ printf " %s", $1 }' <<<"$1")"
  missing=$(missing_of "$1")
  if [ -z "$missing" ]; then
    part_done packages "$start"
    return
  fi
  mapfile -t names < <(awk '{ print $1 }' <<<"$missing")
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "these packages are missing, and there is neither root nor sudo to install them:
$missing
As root:  apt-get update && apt-get install --no-install-recommends ${names[*]}"
  fi
  say "Installing from $(. /etc/os-release && say "$PRETTY_NAME"):"
  say "  ${missing//$'\n'/$'\n  '}"
  mkdir -p "$root/build"
  : >"$log"
  if ! { apt-get install --simulate "${names[@]}" >/dev/null 2>&1 &&
         apt_get "$log" install --no-install-recommends "${names[@]}"; }; then
    say "  fetching the package lists anew"
    { apt_get "$log" update && apt_get "$log" install --no-install-recommends "${names[@]}"; } || {
      grep -E '^(E|W|dpkg): ' "$log" | tail -n 5 >&2
      die "could not install them; all that apt said is in $log (made for Debian 12 and 13)"
    }
  fi
  stop_new_services "${names[@]}"
  part_done packages "$start"
}

# Debian starts the Prometheus and the Alertmanager it installs, which hold their ports. The tests
# start their own on free ports; one that was there before this script is left alone.
stop_new_services() { # PACKAGE...
  [ -d /run/systemd/system ] || return 0
  local name
  for name in prometheus prometheus-alertmanager; do
    case " $* " in *" $name "*) as_root systemctl -q disable --now "$name" || true ;; esac
  done
}

# Configures the preset release into BUILD; the cache of a folder that was moved is thrown away.
configure() { # BUILD CMAKE-ARG...
  local start=$SECONDS build=$1 log=$1/configure.log
  shift
  mkdir -p "$build"
  say "Configuring ${build#"$root/"}"
  cmake -S "$root" --preset release -B "$build" "$@" >"$log" 2>&1 ||
    cmake --fresh -S "$root" --preset release -B "$build" "$@" >"$log" 2>&1 || {
      cat "$log" >&2
      die "configuring failed"
    }
  part_done configure "$start"
}

build() { # BUILD CMAKE-ARG...
  local start=$SECONDS build=$1 log=$1/build.log
  shift
  say "Building ${build#"$root/"}"
  : >"$log"
  cmake --build "$build" "$@" 2>&1 | show_progress "$log" || {
    grep -vE '^\[[0-9]+/[0-9]+\]' "$log" | head -n 80 >&2
    die "the build failed; all of it is in $log"
  }
  part_done build "$start"
}
