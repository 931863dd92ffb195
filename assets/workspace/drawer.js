// The drawer of narrow screens: while it is open, nothing below it can be reached.

const narrow = matchMedia('(width < 1100px)');

export const isDrawerOpen = () =>
  narrow.matches && location.hash === '#rail' && document.querySelector('.rail') !== null;

export function startDrawer() {
  addEventListener('hashchange', follow);
  narrow.addEventListener('change', follow);
  follow();
}

function follow() {
  const [open, wasOpen] = [isDrawerOpen(), document.querySelector('#main[inert]') !== null];
  for (const one of document.querySelectorAll('.skip, .topbar, .queue, #main')) one.inert = open;
  if (open) document.querySelector('.rail-close').focus();
  else if (wasOpen && location.hash === '#main') document.querySelector('.rail-open')?.focus();
}
