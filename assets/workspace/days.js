// The lines between messages of different days, as days are where the operator is.

const dayOf = (iso) => new Date(iso).toDateString();

/** Lays the lines of a list of messages anew; those that stand right stay. */
export function layDays(list) {
  for (const line of list.querySelectorAll(':scope > .day')) {
    if (!line.nextElementSibling?.matches('.message')) line.remove();
  }
  let day = '';
  for (const message of list.querySelectorAll(':scope > .message')) {
    const at = message.querySelector('time')?.dateTime;
    // What is being sent has no time yet.
    if (!at) continue;
    const line = message.previousElementSibling?.matches('.day') ? message.previousElementSibling : null;
    if (dayOf(at) === day) line?.remove();
    else if (!line) message.before(dayLine(at));
    else if (dayOf(line.firstElementChild.dateTime) !== dayOf(at)) line.replaceWith(dayLine(at));
    day = dayOf(at);
  }
}

function dayLine(at) {
  const line = document.createElement('li');
  line.className = 'day';
  const time = document.createElement('time');
  time.dateTime = at;
  time.dataset.time = 'day';
  line.append(time);
  return line;
}
