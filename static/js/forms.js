/* Forms: nothing typed is lost. Autosave's state, leaving with unsaved words, rows, suggestions, sign-in in place. */
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const on = (event, handler) => document.addEventListener(event, handler);
  const RETRY = 8000;

  /* ---- what is typed and not yet saved: a count of changes, and the count the last request carried ---- */
  const changes = new WeakMap();
  const state = (form) => changes.get(form) || changes.set(form, { typed: 0, sent: 0, saved: 0 }).get(form);
  const unsaved = (form) => state(form).typed > state(form).saved;
  const autosaved = (node) => (node && node.closest ? node.closest('form[data-autosave]') : null);

  let moment = 0; // counts what is typed on the page
  for (const event of ['input', 'change']) {
    on(event, ({ target, isTrusted }) => {
      target.typedAt = moment += 1;
      const form = autosaved(target);
      if (form && isTrusted && target !== form && !target.hasAttribute('data-local')) state(form).typed += 1;
    });
  }
  on('submit', (event) => { if (autosaved(event.target)) state(event.target).saved = Infinity; });
  addEventListener('beforeunload', (event) => {
    if ([...document.querySelectorAll('form[data-autosave]')].some(unsaved)) event.preventDefault();
  });

  /* A request that waited its turn was filled before the one ahead of it answered: it is filled again when it leaves, so that it
     carries the version that answer brought and the words typed meanwhile. A DELETE carries the form too. */
  on('htmx:before:request', ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    const form = autosaved(source);
    ctx.leftAt = moment;
    if (form && ctx.request.method !== 'GET') ctx.request.body = filled(form, source);
    if (form && source === form) state(form).sent = state(form).typed;
    if (source.hasAttribute('data-add-row')) source.closest('.field').rowsBefore = rowIds(source.closest('.field'));
  });
  function filled(form, source) {
    const data = new FormData(form, source.matches('button') ? source : null);
    if (source.matches('[type=file]')) return data;
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name); // sent when chosen, not at each save
    return new URLSearchParams(data);
  }
  on('htmx:after:request', ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (!form.matches('form[data-autosave]')) return;
    if (ctx.response.status < 400) state(form).saved = state(form).sent;
    else if (ctx.response.status >= 500) lost(form);
  });
  on('htmx:error', ({ target, detail: { ctx } }) => {
    if (ctx && !ctx.response && target.matches && target.matches('form[data-autosave]')) lost(target);
  });

  function lost(form) {
    const mark = $('[data-saved]', form) || $('[data-saved]');
    if (mark) {
      mark.classList.add('is-lost');
      let words = $('.lost', mark);
      if (!words) { words = document.createElement('span'); words.className = 'lost'; mark.append(words); }
      for (const other of mark.querySelectorAll('span:not(.lost)')) other.remove();
      words.textContent = 'Pas encore enregistré : nouvel essai dans quelques secondes.';
    }
    setTimeout(() => again(form), RETRY);
  }
  function again(form) {
    if (form.isConnected && unsaved(form)) form.dispatchEvent(new Event('input', { bubbles: true }));
  }
  addEventListener('online', () => document.querySelectorAll('form[data-autosave]').forEach(again));

  /* Signed in again without leaving: the page takes the new token, then saves what was waiting. */
  on('signed-in', ({ detail }) => {
    document.body.setAttribute('hx-headers:inherited', JSON.stringify({ 'X-CSRFToken': detail.csrf }));
    for (const input of document.querySelectorAll('input[name=csrf_token]')) input.value = detail.csrf;
    for (const dialog of document.querySelectorAll('#modal dialog')) dialog.close();
    document.querySelectorAll('form[data-autosave]').forEach(again);
  });

  /* ---- a file too heavy is refused here, before it travels; the server refuses it too ---- */
  document.addEventListener('change', (event) => {
    const input = event.target;
    if (!input.matches('input[type=file][data-most]')) return;
    const said = document.getElementById('said-' + input.id);
    const heavy = [...input.files].some((file) => file.size > Number(input.dataset.most));
    said.replaceChildren();
    if (!heavy) return;
    event.stopImmediatePropagation();
    const line = document.createElement('p');
    line.className = 'fault';
    line.textContent = input.dataset.tooHeavy;
    said.append(line);
    input.value = '';
  }, true);

  /* ---- after a swap: focus goes to what is new, faults are said ---- */
  const rowIds = (root) => new Set([...root.querySelectorAll('[data-row-id]')].map((row) => row.dataset.rowId));
  const CONTROL = 'input:not([type=hidden]), select, textarea';

  /* ---- an answer may come late: what was typed after its question left stays ---- */
  let leftAt = Infinity;
  const since = (control) => control && control.typedAt > leftAt;
  htmx.registerExtension('typed-since', {
    htmx_before_morph_attr: (node, { attrName }) => !(/^(value|selected|checked)$/.test(attrName) && since(node.closest('input, select'))),
    htmx_before_morph_node: (node) => !(node.matches?.('textarea') && since(node)),
  });

  let added = null;
  let removed = null;
  on('htmx:before:swap', ({ detail: { ctx } }) => {
    leftAt = ctx.leftAt;
    const source = ctx.sourceElement;
    added = source.hasAttribute('data-add-row') ? source.closest('.field').rowsBefore : null;
    removed = source.hasAttribute('data-send-form') ? source.closest('.field').id : null;
  });
  on('htmx:after:settle', ({ detail }) => {
    /* A morph answers with nodes it has emptied: what is in the page under the same id is what one sees. */
    const nodes = (detail.newContent || []).filter((node) => node.nodeType === 1);
    for (const node of new Set(nodes.map((n) => (n.id && document.getElementById(n.id)) || n))) {
      counts(node);
      if (added && node.matches('.field')) { focusRow(node); added = null; }
      else if (removed && node.id === removed) { focusAfter(node); removed = null; }
      else if (node.matches('.field-error, .field-warning')) sayFault(node);
    }
  });
  function focusRow(root) {
    const fresh = [...root.querySelectorAll('[data-row-id]')].find((row) => !added.has(row.dataset.rowId));
    const control = fresh && $(CONTROL, fresh);
    if (control) { control.focus(); fresh.scrollIntoView({ block: 'nearest' }); }
  }
  function focusAfter(root) {
    const next = $('[data-add-row]', root) || $(CONTROL, root);
    if (next) next.focus();
  }
  function sayFault(root) {
    const name = $('label, legend, .label', root);
    const words = $('.fault, .heed', root);
    if (name && words) guichet.say(name.textContent.replace('*', '').trim() + ' : ' + words.textContent);
  }

  /* ---- a group is left when the focus goes out of it ---- */
  const ways = (group) => [...group.querySelectorAll(CONTROL)].map((c) => (c.matches('[type=checkbox], [type=radio]') ? c.checked : c.value)).join('\n');
  on('focusout', ({ target, relatedTarget }) => {
    const group = target.closest('[data-group], [data-lookup]');
    if (!group || (relatedTarget && group.contains(relatedTarget))) return;
    if (group.leftWith === ways(group)) return;
    group.leftWith = ways(group);
    (group.matches('[data-lookup]') ? $('input', group) : group).dispatchEvent(new Event('leave'));
  });

  /* ---- characters left, in the same words as the page (components/field_parts.html) ---- */
  const plural = (n) => (n > 1 ? 's' : '');
  function count(line) {
    const control = document.getElementById(line.dataset.for);
    if (!control) return;
    const max = Number(line.dataset.max);
    const left = max - control.value.length;
    line.classList.toggle('is-over', left < 0);
    line.textContent = left < 0 ? `${-left} caractère${plural(-left)} de trop` : `${left} caractère${plural(left)} restant${plural(left)} sur ${max}`;
  }
  const counts = (root) => root.querySelectorAll('[data-max][data-for]').forEach(count);
  on('input', ({ target }) => {
    const line = target.id && document.getElementById('count-' + target.id);
    if (line) count(line);
  });
  counts(document);
})();
