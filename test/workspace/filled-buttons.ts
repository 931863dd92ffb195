import type { Page } from 'playwright-core';

/** The labels of the buttons on screen that are filled with the colour of what acts. */
export const filledButtons = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const probe = document.createElement('span');
    probe.style.color = 'var(--cl-accent-fill)';
    document.body.append(probe);
    const fill = getComputedStyle(probe).color;
    probe.remove();
    return [...document.querySelectorAll('button, a, summary')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((one) => getComputedStyle(one).backgroundColor === fill && !one.matches('.skip'))
      .map((one) => one.innerText.trim());
  })()`);
