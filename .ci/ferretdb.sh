# To be sourced from the root of the repository. Starts FerretDB for the MongoDB tests and exports
# CAIRNLOOP_TEST_MONGO_URL; it ends, and its folder goes, with the shell. It is built from the Go module proxy once and
# then kept in the user's cache. Where it cannot be had, a line says so and those tests are skipped: it never fails.

# 1.24.2 stands in where 1.24.1 cannot be had and verified; they differ in nothing that the tests use.
ferretdb_versions=(1.24.1 1.24.2)
ferretdb_build_seconds=480

start_ferretdb() {
  local program url
  program=$(ferretdb_program) || { without_ferretdb 'it could not be built'; return; }
  ferretdb_folder=$(mktemp -d) && mkdir "$ferretdb_folder/data" || return
  "$program" "$ferretdb_folder/data" </dev/null >"$ferretdb_folder/url" 2>"$ferretdb_folder/log" &
  ferretdb_pid=$!
  trap stop_ferretdb EXIT
  url=$(ferretdb_url) || { without_ferretdb "it does not answer: $(tail -n 1 "$ferretdb_folder/log")"; return; }
  export CAIRNLOOP_TEST_MONGO_URL=$url
  echo "FerretDB (${program%/*}) answers at $url" >&2
}

stop_ferretdb() {
  kill "$ferretdb_pid" 2>/dev/null || true
  wait "$ferretdb_pid" 2>/dev/null || true
  rm -rf "$ferretdb_folder"
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
  (
    cd "$work" &&
      GOWORK=off GOFLAGS='-mod=mod -buildvcs=false' CGO_ENABLED=0 timeout "$seconds" \
        go build -tags ferretdb_no_postgresql,ferretdb_no_mysql -o server . </dev/null
  ) && mkdir -p "${program%/*}" && mv "$work/server" "$program.$$" && mv "$program.$$" "$program"
  local status=$?
  rm -rf "$work"
  return $status
}

# Waits for it to listen, and prints where.
ferretdb_url() {
  local url port
  for _ in {1..100}; do
    url=$(cat "$ferretdb_folder/url")
    port=${url##*:}
    if [[ -n $url ]] && (exec 3<>"/dev/tcp/127.0.0.1/${port%/}") 2>/dev/null; then
      echo "$url"
      return
    fi
    kill -0 "$ferretdb_pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

without_ferretdb() {
  echo "!!! NO FerretDB: $1. The MongoDB tests are SKIPPED." >&2
}

[[ -n ${CAIRNLOOP_TEST_MONGO_URL:-} ]] || start_ferretdb || without_ferretdb 'it could not be started'
