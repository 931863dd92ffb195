const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { format } = require('node:util');
const { Base, Spec } = require('mocha').reporters;

/**
 * Like `spec`, but the results go into the file that `CAIRNLOOP_TEST_RESULTS` names, so that `test/run.ts` prints them
 * after those of every lane: counts, failures, and the seconds that each file took.
 */
module.exports = class extends Spec {
  constructor(runner, options) {
    super(runner, options);
    this.seconds = {};
    runner.on('test end', ({ file, duration = 0 }) => {
      const name = path.relative(process.cwd(), file ?? '');
      this.seconds[name] = (this.seconds[name] ?? 0) + duration / 1000;
    });
  }

  epilogue() {
    const { passes, failures, pending } = this.stats;
    const lines = [];
    const print = Base.consoleLog;
    Base.consoleLog = (...words) => lines.push(format(...words));
    Base.list(this.failures);
    Base.consoleLog = print;
    const results = { passes, failures, pending, failed: lines.join('\n'), seconds: this.seconds };
    writeFileSync(process.env.CAIRNLOOP_TEST_RESULTS, JSON.stringify(results));
  }
};
