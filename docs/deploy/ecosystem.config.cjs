// pm2 start ecosystem.config.cjs, after `cairnloop migrate`; pm2 reload cairnloop-worker restarts one after the other.
module.exports = {
  apps: [
    {
      name: 'cairnloop-worker',
      script: 'node_modules/cairnloop/bin/cairnloop.js',
      args: 'worker',
      // Workers share nothing, so the cluster mode of pm2 has nothing to add; each gets a port of its own.
      exec_mode: 'fork',
      instances: 2,
      env: { OPS_PORT: 9464 },
      increment_var: 'OPS_PORT',
      // pm2 sends SIGINT, which drains as SIGTERM does. Longer than worker.shutdownTimeoutMs (25 s).
      kill_timeout: 30_000,
    },
    { name: 'app', script: 'server.mjs', instances: 1, kill_timeout: 30_000, env: { PORT: 3000 } },
  ],
};
