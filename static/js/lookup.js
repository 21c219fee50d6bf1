/* Suggestions under a field (ARIA combobox): typing asks, arrows move, Enter or a click takes. The text stays free. */
(() => {
  'use strict';
  const WAIT = 200;
  const LEAST = 2;
  const parts = (node) => {
    const box = node.closest ? node.closest('[data-lookup]') : null;
    return box && { box, input: box.querySelector('input'), list: box.querySelector('[role=listbox]') };
  };
  const options = (list) => [...list.querySelectorAll('[role=option]')];

  function show({ input, list }, yes) {
    list.hidden = !yes;
    input.setAttribute('aria-expanded', String(yes));
    if (!yes) input.removeAttribute('aria-activedescendant');
  }
  function light({ input, list }, option) {
    for (const other of options(list)) other.setAttribute('aria-selected', String(other === option));
    if (!option) return;
    option.id ||= list.id + '-' + options(list).indexOf(option);
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
  function take(lookup, option) {
    lookup.input.value = option.dataset.value;
    show(lookup, false);
    lookup.input.dispatchEvent(new Event('input', { bubbles: true }));
    lookup.input.dispatchEvent(new Event('leave'));
  }

  document.addEventListener('input', ({ target, isTrusted }) => {
    const lookup = isTrusted && parts(target);
    if (!lookup) return;
    clearTimeout(lookup.box.waiting);
    if (target.value.trim().length < LEAST) return show(lookup, false);
    lookup.box.waiting = setTimeout(() => lookup.list.dispatchEvent(new Event('suggest')), WAIT);
  });
  document.addEventListener('htmx:config:request', ({ target, detail: { ctx } }) => {
    const lookup = target.matches && target.matches('[role=listbox]') && parts(target);
    if (lookup) ctx.request.body.set('q', lookup.input.value);
  });
  document.addEventListener('htmx:after:settle', ({ target }) => {
    const lookup = target.matches && target.matches('[role=listbox]') && parts(target);
    if (!lookup || document.activeElement !== lookup.input) return;
    show(lookup, options(lookup.list).length > 0);
    light(lookup, null);
    guichet.say(options(lookup.list).length + ' suggestion(s)');
  });
  document.addEventListener('keydown', (event) => {
    const lookup = parts(event.target);
    if (!lookup || lookup.list.hidden) return;
    const all = options(lookup.list);
    const at = all.findIndex((o) => o.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      light(lookup, all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length + (at < 0 && event.key === 'ArrowUp')) % all.length]);
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      take(lookup, all[at]);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      show(lookup, false);
    }
  });
  document.addEventListener('mousedown', (event) => {
    const option = event.target.closest('[data-lookup] [role=option]');
    if (!option) return;
    event.preventDefault();
    take(parts(option), option);
  });
  /* What is chosen in a dialog goes into its field, as if it had been typed; without script the button posts its form. */
  document.addEventListener('click', (event) => {
    const button = event.target.closest('dialog [data-take]');
    const input = button && document.getElementById(button.dataset.take);
    if (!input) return;
    event.preventDefault();
    const ticked = [...button.form.querySelectorAll('[name=code]:checked')].map((box) => box.value);
    input.value = button.dataset.words || (button.name === 'code' ? button.value : ticked.join(' ; '));
    button.closest('dialog').close();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('leave'));
  });
  document.addEventListener('focusout', ({ target }) => {
    const lookup = parts(target);
    if (lookup) show(lookup, false);
  });
})();
