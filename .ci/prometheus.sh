# To be sourced from the root of the repository. Exports CAIRNLOOP_TEST_PROMETHEUS, a folder with `prometheus` and
# `promtool`, taken from Debian's package once and then kept in the user's cache; nothing is installed. Where it cannot be
# had, a line says so and those tests are skipped: it never fails.

prometheus_cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/cairnloop/prometheus

find_prometheus() {
  command -v promtool >/dev/null && command -v prometheus >/dev/null && return
  [[ -x $prometheus_cache/usr/bin/promtool ]] || unpack_prometheus >&2 || return
  export CAIRNLOOP_TEST_PROMETHEUS=$prometheus_cache/usr/bin
}

unpack_prometheus() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { echo 'This is no Debian.'; return 1; }
  local work status
  work=$(mktemp -d) || return 1
  (
    cd "$work" && timeout 300 apt-get download prometheus </dev/null && dpkg-deb -x prometheus_*.deb files &&
      mkdir -p "${prometheus_cache%/*}" && mv files "$prometheus_cache.$$" && mv -T "$prometheus_cache.$$" "$prometheus_cache"
  )
  status=$?
  rm -rf "$work"
  return $status
}

find_prometheus || echo '!!! NO Prometheus: it is neither installed nor to be had by apt-get. Its tests are SKIPPED.' >&2
