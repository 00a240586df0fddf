#!/bin/sh
# The arrows of the house: config and model know nothing of ours, ingest knows config, daemon all.
cd "$1" || exit 2
bad=0
forbid() { # LAYER PATTERN
  hits=$(grep -rnE --include='*.h' --include='*.cpp' "#include [\"<]$2" "$1")
  [ -z "$hits" ] || { echo "forbidden include in $1/:"; echo "$hits"; bad=1; }
}
outside() { # PATTERN ALLOWED-FILES
  hits=$(grep -rnE --include='*.h' --include='*.cpp' "#include [\"<]$1" config ingest model daemon |
    grep -vE "^($2)")
  [ -z "$hits" ] || { echo "$1 outside its files:"; echo "$hits"; bad=1; }
}
outside '\.\.?/' '$'  # all are from the root
forbid config '(ingest|model|daemon)/'
forbid model '(config|ingest|daemon)/'
forbid ingest '(model|daemon)/'
outside 'librdkafka/' 'ingest/kafka_'
outside 'prometheus/' 'daemon/metrics'
outside 'yaml-cpp/' 'config/yaml_reader'
outside 'simdjson' 'ingest/json_'
outside 'httplib' 'daemon/http_server'
outside 'systemd/sd-' 'daemon/(systemd|journal)'
outside 'Eigen/' 'model/'
outside 'openssl/' 'daemon/(tls|digest|basic_auth)\.'
outside 'crypt\.h' 'daemon/basic_auth\.'
exit $bad
