/** Counts calls; `all` settles with the seconds from its making to the last of `wanted` calls. */
export function countCalls(wanted) {
  const started = performance.now();
  let left = wanted;
  let finish;
  const all = new Promise((resolve) => {
    finish = resolve;
  });
  return {
    all,
    call() {
      left -= 1;
      if (left === 0) finish((performance.now() - started) / 1000);
    },
  };
}
