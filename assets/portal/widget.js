// Defines <cairnloop-support>. All of it stays in a shadow root: the page is neither read nor changed.
(() => {
  const { base, texts, locale, dir, limits, css } = __CONFIG__;
  const tag = 'cairnloop-support';
  if (customElements.get(tag)) return;

  const pollMs = 20_000;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const moment = new Intl.DateTimeFormat(locale, { __proto__: null, dateStyle: 'medium', timeStyle: 'short' });
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  /** An element with attributes, listeners and text. Text is never read as markup. */
  function h(name, given, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) {
      if (typeof value === 'function') element.addEventListener(key, value);
      else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
    }
    element.append(...children);
    return element;
  }

  function icon(drawing) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', drawing);
    svg.append(path);
    return svg;
  }

  /** Not `randomUUID`, which pages on plain http lack. */
  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
  }

  let token = '';

  /** Calls the JSON API. Objects without a prototype: whatever the page put on `Object.prototype` is no option of ours. */
  async function call(path, body, key) {
    const headers = { __proto__: null, accept: 'application/json' };
    const init = { __proto__: null, headers, credentials: 'same-origin' };
    if (body) {
      init.method = 'POST';
      init.body = JSON.stringify(body);
      headers['content-type'] = 'application/json';
      headers['x-cairnloop-token'] = token;
      if (key) headers['idempotency-key'] = key;
    }
    const response = await fetch(`${base}/api${path}`, init);
    token = response.headers.get('x-cairnloop-token') ?? token;
    const answer = await response.json();
    if (response.ok) return answer;
    throw { __proto__: null, status: response.status, code: answer.error.code, message: answer.error.message };
  }

  /** Writes; once more with a token of today where the one at hand has expired. */
  async function write(path, body, key) {
    try {
      return await call(path, body, key);
    } catch (problem) {
      if (problem.code !== 'TOKEN_INVALID') throw problem;
      await call('/conversations?limit=1');
      return call(path, body, key);
    }
  }

  class Support extends HTMLElement {
    #root = this.attachShadow({ __proto__: null, mode: 'open' });
    #frame;
    #launcher;
    #panel;
    #title;
    #back;
    #body;
    #view = null;
    #stream = null;
    #timer;
    #isOpen = false;
    #refreshing = null;
    #again = false;
    #watch = () => (document.hidden ? this.#hangUp() : this.#wake());

    connectedCallback() {
      this.#root.adoptedStyleSheets = [sheet];
      if (!this.#frame) this.#build();
      document.addEventListener('visibilitychange', this.#watch);
      this.#timer = setInterval(this.#watch, pollMs);
      this.#watch();
    }

    disconnectedCallback() {
      document.removeEventListener('visibilitychange', this.#watch);
      clearInterval(this.#timer);
      this.#hangUp();
    }

    get #isInline() {
      return this.hasAttribute('inline');
    }

    #build() {
      this.#title = h('h2', { tabindex: -1, id: 'title', dir: 'auto' });
      this.#back = h(
        'button',
        {
          type: 'button',
          class: 'icon back',
          'aria-label': texts.allConversations,
          click: () => this.#showList(true),
        },
        icon('M15 5l-7 7 7 7'),
      );
      const close = h(
        'button',
        {
          type: 'button',
          class: 'icon',
          'aria-label': texts.closeSupport,
          click: () => this.#close(),
        },
        icon('M6 6l12 12M18 6L6 18'),
      );
      this.#body = h('div', { class: 'body', tabindex: -1 });
      this.#panel = h(
        'section',
        { class: 'panel', role: this.#isInline ? 'region' : 'dialog', 'aria-labelledby': 'title', hidden: true },
        h('div', { class: 'bar' }, this.#back, this.#title, ...(this.#isInline ? [] : [close])),
        this.#body,
      );
      this.#panel.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || this.#isInline) return;
        event.stopPropagation();
        this.#close();
      });
      this.#launcher = h(
        'button',
        {
          type: 'button',
          class: 'launcher',
          'aria-expanded': 'false',
          'aria-label': texts.openSupport,
          hidden: true,
          click: () => (this.#isOpen ? this.#close() : this.#open()),
        },
        icon('M21 12a8 8 0 0 1-8 8H4l1.6-3.2A8 8 0 1 1 21 12Z'),
        h('span', { class: 'count', hidden: true }),
      );
      this.#frame = h('div', { class: 'support', lang: locale, dir }, this.#panel, this.#launcher);
      this.#root.append(this.#frame);
    }

    #open() {
      this.#isOpen = true;
      this.#panel.hidden = false;
      this.#launcher.setAttribute('aria-expanded', 'true');
      if (!this.#view) this.#showList(true);
      else this.#title.focus();
      this.#refresh();
    }

    #close() {
      this.#isOpen = false;
      this.#panel.hidden = true;
      this.#launcher.setAttribute('aria-expanded', 'false');
      this.#launcher.focus();
    }

    #wake() {
      if (!this.#stream || this.#stream.readyState === EventSource.CLOSED) {
        this.#stream = new EventSource(`${base}/api/live`);
        this.#stream.addEventListener('changed', () => this.#refresh());
      }
      this.#refresh();
    }

    #hangUp() {
      this.#stream?.close();
      this.#stream = null;
    }

    /** One look at a time, and once more if asked meanwhile. */
    #refresh() {
      if (this.#refreshing) {
        this.#again = true;
        return;
      }
      this.#refreshing = this.#look().finally(() => {
        this.#refreshing = null;
        if (this.#again) this.#refresh();
        this.#again = false;
      });
    }

    async #look() {
      try {
        const { items } = await call('/conversations?limit=50');
        this.#launcher.hidden = this.#isInline;
        if (this.#isInline && !this.#isOpen) this.#open();
        await this.#view?.update(items);
        this.#count(items);
      } catch (problem) {
        // Signed out: nothing is shown. Without a connection what is on screen stays.
        if (problem.status === 401) {
          this.#hangUp();
          this.#launcher.hidden = true;
          this.#panel.hidden = true;
          this.#isOpen = false;
        }
      }
    }

    #count(items) {
      let unread = 0;
      for (const item of items) unread += item.unread;
      const count = this.#launcher.querySelector('.count');
      count.hidden = unread === 0;
      // Drawn by the stylesheet: the label of the button says it in words.
      count.dataset.count = unread > 99 ? '99+' : unread;
      const label =
        unread > 0
          ? `${texts.openSupport} (${fill(texts.unread, { __proto__: null, count: unread })})`
          : texts.openSupport;
      if (this.#launcher.getAttribute('aria-label') !== label) this.#launcher.setAttribute('aria-label', label);
    }

    #show(title, view, back) {
      this.#title.textContent = title;
      this.#back.hidden = !back;
      this.#body.replaceChildren(...view.nodes);
      this.#view = view;
    }

    #showList(focus) {
      const list = h('ul', { class: 'conversations', hidden: true });
      const empty = h(
        'div',
        { class: 'empty' },
        h('p', { class: 'empty-title' }, texts.noConversations),
        h('p', {}, texts.noConversationsHint),
      );
      empty.hidden = true;
      const start = h(
        'button',
        { type: 'button', class: 'button button-primary', click: () => this.#showNew() },
        texts.newConversation,
      );
      const all = h('a', { href: `${base}/` }, texts.allConversations);
      all.hidden = true;
      let shown = '';
      const update = (items) => {
        empty.hidden = items.length > 0;
        list.hidden = items.length === 0;
        all.hidden = items.length < 50;
        if (shown === JSON.stringify(items)) return;
        shown = JSON.stringify(items);
        const focused = this.#root.activeElement?.dataset.id;
        list.replaceChildren(...items.map((item) => h('li', {}, this.#row(item))));
        if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
      };
      this.#show(texts.title, { nodes: [start, empty, list, all], update }, false);
      if (focus) this.#title.focus();
      this.#refresh();
    }

    #row(item) {
      const side = h('span', { class: 'conversation-side' });
      if (item.unread > 0)
        side.append(h('span', { class: 'badge' }, fill(texts.unread, { __proto__: null, count: item.unread })));
      if (item.status !== 'open') side.append(h('span', { class: 'state' }, texts.resolved));
      side.append(this.#time(item.lastMessageAt ?? item.createdAt));
      return h(
        'button',
        {
          type: 'button',
          class: item.unread > 0 ? 'conversation conversation-unread' : 'conversation',
          'data-id': item.id,
          click: () => this.#showThread(item.id, item.subject),
        },
        h('span', { class: 'conversation-subject', dir: 'auto' }, item.subject ?? texts.noSubject),
        side,
      );
    }

    #time(at) {
      return h('time', { datetime: at }, moment.format(new Date(at)));
    }

    /** A form with one message, which is written once however often it is sent. */
    #form(label, fields, submit) {
      const notice = h('p', { class: 'notice', role: 'alert', hidden: true });
      const message = h('textarea', { id: 'message', rows: 4, required: true, maxlength: limits.message, dir: 'auto' });
      let key = newKey();
      let keyOf = '';
      const form = h(
        'form',
        { class: 'form' },
        ...fields,
        h('label', { for: 'message' }, label),
        message,
        notice,
        h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'button button-primary' }, texts.send)),
      );
      form.addEventListener('submit', async (event) => {
        event.preventDefault();
        if (form.ariaBusy === 'true') return;
        form.ariaBusy = 'true';
        // Other words are another message.
        if (keyOf !== message.value) key = newKey();
        keyOf = message.value;
        try {
          await submit(message.value, key);
          notice.hidden = true;
          message.value = '';
          keyOf = '';
        } catch (problem) {
          notice.textContent = problem.status ? problem.message : texts.failed;
          notice.hidden = false;
        } finally {
          form.ariaBusy = 'false';
        }
      });
      form.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        form.requestSubmit();
      });
      return form;
    }

    #showNew() {
      const subject = h('input', { id: 'subject', maxlength: limits.subject, dir: 'auto', autocomplete: 'off' });
      const fields = [h('label', { for: 'subject' }, texts.subject), subject];
      const form = this.#form(texts.message, fields, async (message, key) => {
        const made = await write('/conversations', { __proto__: null, subject: subject.value, message }, key);
        this.#showThread(made.id, made.subject);
      });
      this.#show(texts.newConversation, { nodes: [form], update() {} }, true);
      subject.focus();
    }

    #showThread(id, subject) {
      const list = h('ol', { class: 'messages' });
      const log = h('div', { role: 'log', 'aria-label': texts.messages }, list);
      const earlier = h('a', { href: `${base}/c/${id}` }, texts.earlierMessages);
      earlier.hidden = true;
      const rating = this.#rating(id);
      const form = this.#form(texts.reply, [], async (message, key) => {
        await write(`/conversations/${id}/messages`, { __proto__: null, message }, key);
        this.#refresh();
      });
      const update = async () => {
        const found = await call(`/conversations/${id}?limit=100`);
        if (this.#view?.update !== update) return;
        this.#addMessages(list, found.messages);
        earlier.hidden = found.messages.length < 100;
        rating.update(found);
        const newest = found.messages[found.messages.length - 1];
        if (found.unread > 0 && newest && this.#isOpen && !document.hidden)
          await write(`/conversations/${id}/read`, { __proto__: null, messageId: newest.id });
      };
      this.#show(subject ?? texts.noSubject, { nodes: [earlier, log, rating.node, form], update }, true);
      this.#title.focus();
      this.#refresh();
    }

    #addMessages(list, messages) {
      let added = false;
      for (const { id, from, name, content, createdAt } of messages) {
        if (list.querySelector(`[data-id="${id}"]`)) continue;
        const own = from === 'customer';
        const head = h(
          'p',
          { class: 'message-head' },
          h('bdi', { class: 'author' }, own ? texts.you : (name ?? texts.support)),
          ' ',
          this.#time(createdAt),
        );
        const text = h('div', { class: 'message-text', dir: 'auto' }, content);
        list.append(h('li', { class: own ? 'message message-own' : 'message', 'data-id': id }, head, text));
        added = true;
      }
      // Not `scrollIntoView`, which scrolls the page as well.
      if (added) this.#body.scrollTop = this.#body.scrollHeight;
    }

    #rating(id) {
      const legend = h('legend', {});
      const buttons = [
        ['positive', texts.ratePositive],
        ['negative', texts.rateNegative],
      ].map(([rating, text]) => {
        const click = async () => {
          try {
            update(await write(`/conversations/${id}/csat`, { __proto__: null, rating }, newKey()));
          } catch (problem) {
            legend.textContent = problem.status ? problem.message : texts.failed;
          }
        };
        return h('button', { type: 'button', class: 'button', value: rating, click }, text);
      });
      const node = h(
        'div',
        { class: 'rating', hidden: true },
        h('p', {}, texts.resolvedHint),
        h('fieldset', {}, legend, ...buttons),
      );
      const update = ({ status, csatRating }) => {
        node.hidden = status === 'open';
        legend.textContent = csatRating ? texts.rateThanks : texts.rateQuestion;
        for (const button of buttons) button.ariaPressed = String(button.value === csatRating);
      };
      return { node, update };
    }
  }

  customElements.define(tag, Support);
})();
