#!/bin/bash
# The package's life in a booted Debian, run there as root by test_life.py. Beside it in this
# folder: mock_broker.py, webhook.py, pages.py, faultprint.deb, next.deb (a later version that ships
# another example configuration), six_lines.sed (what is edited of it, @BROKER@ to be filled in),
# model.safetensors, first.csv, second.csv, expected (ids of all their verdicts).
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
# Alerts of leaf1 that the webhook was told of, by when they began.
pages() { [ "$(python3 pages.py /srv/webhook leaf1)" = "$1" ]; }
text_has() { python3 pages.py /srv/webhook leaf1 text | grep -qE -- "$1"; }
state=/var/lib/faultprint
config=/etc/faultprint/faultprint.yaml

# Installed: runs, and says what it lacks.
tools=(curl python3 prometheus prometheus-alertmanager)
install "${tools[@]}" || { apt update; check "tools" install "${tools[@]}"; }
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
example=$(cat "$config")
sed -i -f <(sed "s/@BROKER@/$broker/" six_lines.sed) "$config"
edited=$(diff <(echo "$example") "$config" | grep -c '^>')
check "six lines of the example are edited" [ "$edited" = 6 ]
check "which is a configuration" sh -c "faultprint check-config $config >/srv/checked"
cp model.safetensors "$state/"
chmod 644 "$state/model.safetensors"
systemctl restart faultprint
check "ready with broker and model" until_true 30 answers /-/ready 200

# Who is called at night: a real Prometheus and Alertmanager with what the package ships for them, but
# that they look each second.
cat >/etc/prometheus/prometheus.yml <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [/usr/share/faultprint/faultprint.rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:9093"]}]}]}
scrape_configs: [{job_name: faultprint, static_configs: [{targets: ["127.0.0.1:10480"]}]}]
END
sed 's/^  group_wait: .*/  group_wait: 1s/; s/^  group_interval: .*/  group_interval: 1s/' \
  /usr/share/faultprint/alertmanager.yml >/etc/prometheus/alertmanager.yml
: >/srv/webhook
systemd-run -q --unit=webhook python3 "$PWD/webhook.py" 9095 /srv/webhook
check "Prometheus and Alertmanager with the package's files" \
  systemctl restart prometheus prometheus-alertmanager
up() { curl -s -m 5 "http://127.0.0.1:9090/api/v1/query?query=up" | grep -q '"1"\]'; }
check "Prometheus scrapes the daemon" until_true 30 up

replay() { faultprint replay --config "$config" --data "$1" --to-topic kpi >/srv/replay.log 2>&1; }
check "the first half of the recording" replay first.csv
check "an alarm is raised" until_true 30 alarm
check "the webhook is told of it" until_true 30 pages "firing 1 resolved 0"
check "what, and where" text_has '^leaf1: bgp_clear \(major\)$'
((failures == 0)) || end # the rest would fail for these reasons
check "since when" text_has 'since 2017-08-04T17:2[0-9]:[0-9]{2}Z'
check "what moved, to what, from what" \
  text_has 'Why: [a-z_]+ [0-9.e+]+ \(normally [0-9.e+]+\) [0-9.]+ scales (below|above)'
check "what it is like" text_has 'nearest known: bgp_clear on [a-z]+[0-9]+ at 20[0-9TZ:-]+,'
check "what will clear it" text_has 'clears after 6 normal verdicts in a row \(30s\)'
python3 pages.py /srv/webhook leaf1 text | sed 's/^/      /'
sleep 3 # a snapshot

# Killed: comes back with its state.
before=$(property MainPID)
kill -9 "$before"
check "kill -9: systemd starts it again" until_true 30 is NRestarts 1
check "ready again" until_true 30 answers /-/ready 200
check "the alarm is still there" until_true 10 alarm
raised() { grep '"event":"raised"' $state/alarms.jsonl | grep -c '"element":"leaf1"'; }
check "raised once" [ "$(raised)" = 1 ]

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
check "all that time one page, which nothing ended" pages "firing 1 resolved 0"
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

# The alert goes on for two minutes, lest a restart ends it.
check "the alarm has cleared by itself, and the webhook is told" \
  until_true 180 pages "firing 1 resolved 1"
check "of nothing else but what was done to it" [ -z "$(grep -v '"to": "noc"' /srv/webhook |
  grep -o '"alertname": "[A-Za-z]*"' | grep -vE 'Faultprint(Down|NoData|NotReady|ReloadFailed|Restarting)')" ]

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
check "why is in the journal, as an error" sh -c \
  'journalctl -q -u faultprint -p err --no-pager -o cat | grep -q "nonsense: unknown key"'
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
