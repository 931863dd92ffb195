# To be sourced from the root of the repository. Starts FerretDB for the MongoDB tests and exports
# CAIRNLOOP_TEST_MONGO_URL; it ends, and its folder goes, with the shell. It is built from the Go module proxy once and
# then kept in the user's cache. Where it cannot be had, a line says so and those tests are skipped: it never fails.

# 1.24.2 stands in where the module proxy does not serve 1.24.1; the tests use nothing in which they differ.
ferretdb_versions=(1.24.1 1.24.2)
ferretdb_build_seconds=480

start_ferretdb() {
  local program folder pid url
  program=$(ferretdb_program) || { without_ferretdb 'it could not be built'; return; }
  folder=$(mktemp -d) || { without_ferretdb 'there is no place for its data'; return; }
  mkdir "$folder/data"
  "$program" "$folder/data" </dev/null >"$folder/url" 2>"$folder/log" &
  pid=$!
  # shellcheck disable=SC2064
  trap "kill $pid 2>/dev/null; wait $pid 2>/dev/null; rm -rf '$folder'" EXIT
  if ! url=$(ferretdb_url "$folder" "$pid"); then
    without_ferretdb "it does not answer: $(tail -n 1 "$folder/log")"
    return
  fi
  export CAIRNLOOP_TEST_MONGO_URL=$url
  echo "FerretDB (${program%/*}) answers at $url" >&2
}

# Prints the path of the program of the first version that is in the cache or can be built.
ferretdb_program() {
  local version program recipe until=$((SECONDS + ferretdb_build_seconds))
  recipe=$(cksum <.ci/ferretdb/main.go | cut -d ' ' -f 1)
  for version in "${ferretdb_versions[@]}"; do
    program=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/cairnloop/ferretdb-$version/server-$recipe
    if [[ -x $program ]] || build_ferretdb "$version" "$program" $((until - SECONDS)) >&2; then
      echo "$program"
      return
    fi
  done
  return 1
}

build_ferretdb() {
  local version=$1 program=$2 seconds=$3 work
  command -v go >/dev/null || { echo 'There is no Go toolchain.'; return 1; }
  [[ $seconds -gt 0 ]] || { echo 'The build took too long.'; return 1; }
  work=$(mktemp -d) || return 1
  cp .ci/ferretdb/main.go "$work"
  printf 'module ferretdb\n\ngo 1.24\n\nrequire github.com/FerretDB/FerretDB v%s\n' "$version" >"$work/go.mod"
  echo "Building FerretDB $version"
  if (cd "$work" && GOWORK=off GOFLAGS='-mod=mod -buildvcs=false' CGO_ENABLED=0 timeout "$seconds" \
    go build -tags ferretdb_no_postgresql,ferretdb_no_mysql -o server . </dev/null 2>&1 | grep -v '^go: downloading'
    exit "${PIPESTATUS[0]}") &&
    mkdir -p "${program%/*}" && mv "$work/server" "$program.$$" && mv "$program.$$" "$program"; then
    rm -rf "$work"
    return
  fi
  rm -rf "$work"
  return 1
}

# Waits for it to listen, and prints where.
ferretdb_url() {
  local folder=$1 pid=$2 url port
  for _ in {1..100}; do
    url=$(cat "$folder/url")
    port=${url##*:}
    if [[ -n $url ]] && (exec 3<>"/dev/tcp/127.0.0.1/${port%/}") 2>/dev/null; then
      echo "$url"
      return
    fi
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

without_ferretdb() {
  echo "!!! NO FerretDB: $1. The MongoDB tests are SKIPPED." >&2
}

[[ -n ${CAIRNLOOP_TEST_MONGO_URL:-} ]] || start_ferretdb
