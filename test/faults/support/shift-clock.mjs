/** Preloaded into a process: its clock goes CAIRNLOOP_TEST_CLOCK_SHIFT milliseconds wrong. */
const shift = Number(process.env.CAIRNLOOP_TEST_CLOCK_SHIFT);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shift;
  }
};
