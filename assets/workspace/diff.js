// Shows what changes in a draft while it is being edited.

const pauseMs = 200;

export function startDiff() {
  let timer;
  document.addEventListener('input', ({ target }) => {
    if (target.id !== 'content' || !document.getElementById('draft-diff')) return;
    clearTimeout(timer);
    timer = setTimeout(compare, pauseMs, target.form);
  });
}

let asked = 0;

async function compare(form) {
  const place = document.getElementById('draft-diff');
  if (!place) return;
  asked += 1;
  const mine = asked;
  try {
    const response = await fetch(`${place.dataset.preview}?part=diff`, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form)),
    });
    if (!response.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    place.replaceChildren(...page.body.childNodes);
  } catch {
    // The last comparison stays; sending does not depend on it.
  }
}
