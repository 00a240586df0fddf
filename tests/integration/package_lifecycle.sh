#!/bin/bash
# The package's life in a booted Debian, run there as root by test_life.py. Beside it in this
# folder: mock_broker.py, faultprint.deb, next.deb (a later version that ships another example
# configuration), faultprint.yaml (@BROKER@ to be filled in), model.safetensors, first.csv,
# second.csv, expected (ids of all their verdicts).
failures=0
check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then
    echo "ok    $what"
  else
    echo "FAIL  $what"
    failures=$((failures + 1))
  fi
}
until_true() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}
get() { curl -s -m 5 "http://127.0.0.1:10480$1"; }
status() { curl -s -m 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:10480$1"; }
answers() { [ "$(status "$1")" = "$2" ]; }
property() { systemctl show -p "$1" --value faultprint; }
is() { [ "$(property "$1")" = "$2" ]; }
apt() { apt-get -qq -y "$@" >/srv/apt.log 2>&1 || { tail -n 20 /srv/apt.log; return 1; }; }
install() { apt install --no-install-recommends -o Dpkg::Options::=--force-confold "$@"; }
end() {
  ((failures == 0)) || journalctl -u faultprint --no-pager -n 40
  echo "$failures checks failed"
  exit $((failures > 0))
}
metric() { get /metrics | grep -q "$1"; }
reloaded() { metric "^faultprint_config_last_reload_successful $1\$"; }
alarm() { metric '^faultprint_alarm_active{.*leaf1.*} 1$'; }
journal() { journalctl -u faultprint -o json --no-pager; }
state=/var/lib/faultprint
config=/etc/faultprint/faultprint.yaml

# Installed: runs, and says what it lacks.
install curl python3 || { apt update; check "tools" install curl python3; }
check "installs" install ./faultprint.deb
check "enabled" systemctl -q is-enabled faultprint
check "healthy without broker and model" until_true 20 answers /-/healthy 200
check "not ready" answers /-/ready 503
check "Type=notify, and active" is ActiveState active
check "as its own user" [ "$(stat -c %U "/proc/$(property MainPID)")" = faultprint ]
mode=$(stat -c '%a %U' /etc/default/faultprint)
check "the environment file is root's alone" [ "$mode" = "640 root" ]
check "the program's kernels are found" faultprint version

# Configured: a broker, the recording, an alarm.
systemd-run -q --unit=broker -p StandardOutput=file:/run/broker -p StandardError=journal \
  python3 "$PWD/mock_broker.py"
check "a broker" until_true 20 test -s /run/broker
broker=$(cat /run/broker)
sed "s/@BROKER@/$broker/" faultprint.yaml >"$config"
cp model.safetensors "$state/"
chmod 644 "$state/model.safetensors"
systemctl restart faultprint
check "ready with broker and model" until_true 30 answers /-/ready 200
replay() { faultprint replay --config "$config" --data "$1" --to-topic kpi >/srv/replay.log 2>&1; }
check "the first half of the recording" replay first.csv
check "an alarm is raised" until_true 30 alarm
((failures == 0)) || end # the rest would fail for these reasons
sleep 3 # a snapshot

# Killed: comes back with its state.
before=$(property MainPID)
kill -9 "$before"
check "kill -9: systemd starts it again" until_true 30 is NRestarts 1
check "ready again" until_true 30 answers /-/ready 200
check "the alarm is still there" until_true 10 alarm
check "raised once" [ "$(grep -c '"event":"raised"' $state/alarms.jsonl)" = 1 ]

# Stuck: the watchdog ends it.
kill -STOP "$(property MainPID)"
check "stopped: the watchdog ends it, systemd starts it again" until_true 60 is NRestarts 2
check "the journal says so" sh -c 'journalctl -u faultprint --no-pager | grep -q "Watchdog timeout"'
check "ready again" until_true 30 answers /-/ready 200
check "the alarm is still there" until_true 10 alarm

# Reloaded: serves all the while.
now=$(property MainPID)
(while :; do status /metrics; echo; done) >/srv/answers &
poll=$!
sed -i 's/default: major/default: minor/' "$config"
check "reload" systemctl reload faultprint
check "the new configuration is taken" until_true 10 reloaded 1
echo 'nonsense: 1' >>"$config"
systemctl reload faultprint
check "a wrong one is refused" until_true 10 reloaded 0
sed -i '/^nonsense/d' "$config"
systemctl reload faultprint
check "a right one is taken" until_true 10 reloaded 1
kill "$poll"
answered=$(grep -c '^200$' /srv/answers)
others=$(grep -vc '^200$' /srv/answers) # the last may be cut off
check "each of $answered requests was answered" [ "$answered" -gt 5 -a "$others" -le 1 ]
check "the same process" is MainPID "$now"

# Upgraded, with the configuration kept, and the rest of the recording.
sum=$(sha256sum <"$config")
check "upgrade" install ./next.deb
version=$(dpkg-query -W -f '${Version}' faultprint)
check "the new version" [ "$version" = "$(dpkg-deb -f next.deb Version)" ]
check "the configuration is kept" [ "$(sha256sum <"$config")" = "$sum" ]
check "the new example is beside it" [ -e "$config.dpkg-dist" ]
check "it was restarted" [ "$(property MainPID)" != "$now" ]
check "ready" until_true 30 answers /-/ready 200
check "the alarm is still there" until_true 10 alarm
check "the second half" replay second.csv
ids() { grep -o '"id":"[^"]*"' $state/verdicts.jsonl | sort -u; }
complete() { [ -z "$(ids | comm -13 - expected)" ]; }
check "every verdict is there, after all that" until_true 30 complete
ids | comm -13 - expected | head -n 3
check "and none is made up" [ -z "$(ids | comm -23 - expected)" ]
different=$(sort -u $state/verdicts.jsonl | wc -l)
check "repeats are equal, byte for byte" [ "$different" = "$(ids | wc -l)" ]
check "each alarm raised once" [ -z "$(grep '"event":"raised"' $state/alarms.jsonl |
  grep -o '"id":"[^"]*"' | sort | uniq -d)" ]

# Back to the older version, and forward again.
check "back to the older version" install --allow-downgrades ./faultprint.deb
check "it is the older" [ "$(dpkg-query -W -f '${Version}' faultprint)" = \
  "$(dpkg-deb -f faultprint.deb Version)" ]
check "the configuration is kept" [ "$(sha256sum <"$config")" = "$sum" ]
check "ready" until_true 30 answers /-/ready 200
check "nothing is told twice, nothing is lost" complete
check "forward again" install ./next.deb
check "ready" until_true 30 answers /-/ready 200

# What an administrator looks at.
check "the journal has priorities" [ "$(journal | grep -c '"PRIORITY":"6"')" -gt 3 -a \
  "$(journal | grep -c '"PRIORITY":"[34]"')" -gt 0 ]
check "and fields" sh -c "journalctl -u faultprint | grep -q 'level=info msg=.* config=$config'"
entries() { journalctl -q --no-pager -o cat "$@" | wc -l; }
check "and native ones" [ "$(entries FAULTPRINT_ELEMENT=leaf1 FAULTPRINT_FAULT_TYPE=bgp_clear)" -gt 0 ]
check "reloads leave audit lines" [ "$(entries -t faultprint-audit FAULTPRINT_ACTION=reload)" -ge 3 -a \
  "$(grep -c '"action":"reload"' $state/audit.jsonl)" -ge 3 ]
score=$(systemd-analyze security --no-pager faultprint |
  sed -n 's/.*Overall exposure level.*: \([0-9.]*\).*/\1/p')
check "systemd-analyze security: $score, at most 1.2" \
  awk -v score="$score" 'BEGIN { exit !(score != "" && score <= 1.2) }'
check "SIGTERM ends it well" systemctl stop faultprint
check "with success" is Result success
cp "$config" /srv/good.yaml
echo 'nonsense: 1' >>"$config"
systemctl start faultprint 2>/dev/null
check "a wrong configuration: status 78, no new start" is ExecMainStatus 78
check "and does not fail an installation" install --reinstall ./next.deb
check "which leaves it as it is" grep -q nonsense "$config"
cp /srv/good.yaml "$config"

# Removed, installed again, purged.
check "remove" apt remove faultprint
check "it is gone" [ ! -e /usr/bin/faultprint ]
check "stopped" sh -c '! systemctl -q is-active faultprint'
check "configuration and state are kept" [ -e "$config" -a -e $state/model.safetensors ]
check "install again" install ./next.deb
check "it goes on" until_true 30 answers /-/ready 200
check "purge" apt purge faultprint
check "nothing is left" [ ! -e /etc/faultprint -a ! -e /etc/default/faultprint -a ! -e $state -a \
  ! -e /var/log/faultprint -a ! -e /usr/share/faultprint ]
check "systemd has forgotten it" [ "$(systemctl show -p LoadState --value faultprint)" = not-found ]
left=$(find /etc/systemd /var/lib/systemd -name '*faultprint*')
check "no links of it: $left" [ -z "$left" ]
end
