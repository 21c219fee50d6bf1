/* Every page: messages where one looks, menus, dialogs, print and copy. Pages work without any of it. */
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const on = (event, handler) => document.addEventListener(event, handler);

  const FAULTS = {
    400: 'La page est restée ouverte trop longtemps. Rechargez-la, puis recommencez.',
    403: 'Vous n’avez pas le droit de faire cela.',
    404: 'Cet élément n’existe plus, ou ne vous est pas accessible.',
    413: 'Le fichier est trop volumineux.',
    429: 'Trop de demandes en peu de temps. Patientez un instant, puis recommencez.',
    500: 'Le serveur n’a pas pu répondre. Votre saisie est toujours là : réessayez dans un instant.',
    lost: 'La connexion est perdue. Votre saisie est toujours là : elle sera envoyée au retour du réseau.',
  };

  /* A line at the top right, below the header; it stays until closed when something went wrong. */
  function toast(text, tone = 'info') {
    const line = $('#toast-line').content.firstElementChild.cloneNode(true);
    line.classList.add('tone-' + tone);
    $('p', line).textContent = text;
    const same = [...document.querySelectorAll('#toasts p')].find((p) => p.textContent === text);
    if (same) same.parentElement.remove();
    $('#toasts').append(line);
    if (tone !== 'warn') setTimeout(() => line.remove(), 6000);
  }

  function say(text) {
    $('#live').textContent = '';
    requestAnimationFrame(() => { $('#live').textContent = text; });
  }

  window.guichet = { toast, say };

  /* 409 and 422 carry the form with its faults and are shown in place; HX-Redirect and HX-Retarget answer for themselves. */
  on('htmx:response:error', (event) => {
    const { status } = event.detail.ctx.response;
    const { redirect, retarget } = event.detail.ctx.hx || {};
    if (redirect || retarget || status === 409 || status === 422) return;
    toast(FAULTS[status] || FAULTS[status >= 500 ? 500 : 400], 'warn');
  });
  on('htmx:error', (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) toast(FAULTS.lost, 'warn');
  });
  on('toast', (event) => toast(event.detail.value || event.detail.text, event.detail.tone || 'done'));

  /* Dialogs: one that arrives by htmx opens; one of the page opens by its button. Focus goes back where it was. */
  let before = null;
  function open(dialog) {
    before = document.activeElement;
    if (!dialog.open) dialog.showModal();
  }
  document.addEventListener('close', (event) => {
    if (event.target.matches('#modal dialog')) event.target.remove();
    if (before && before.isConnected) before.focus();
  }, true);
  on('htmx:after:settle', (event) => {
    for (const node of event.detail.newContent || []) {
      if (node.nodeType !== 1) continue;
      const dialog = node.matches('dialog[data-open]') ? node : $('dialog[data-open]', node);
      if (dialog) open(dialog);
    }
  });

  on('click', (event) => {
    const hit = (selector) => event.target.closest(selector);
    if (hit('[data-dialog]')) open($('#' + hit('[data-dialog]').dataset.dialog));
    if (hit('[data-close]') && hit('dialog')) { event.preventDefault(); hit('dialog').close(); }
    if (hit('.toast-line button')) hit('.toast-line').remove();
    if (hit('[data-print]')) window.print();
    if (hit('[data-copy]')) copy(hit('[data-copy]').dataset.copy || location.href);
    if (hit('[data-ask]') && !window.confirm(hit('[data-ask]').dataset.ask)) event.preventDefault();
    for (const drop of document.querySelectorAll('details.drop[open]')) if (!drop.contains(event.target)) drop.open = false;
  });

  function copy(text) {
    navigator.clipboard.writeText(new URL(text, location.href).href).then(
      () => toast('Lien copié.', 'done'),
      () => toast('Le lien n’a pas pu être copié : ' + text, 'warn'),
    );
  }

  on('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const drop = event.target.closest('details.drop[open]');
    if (drop) { drop.open = false; $('summary', drop).focus(); }
  });

  /* A link to a field brings the keyboard into it. */
  on('click', (event) => {
    const link = event.target.closest('a[href^="#field-"]');
    if (!link) return;
    const root = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const control = root && $('input:not([type=hidden]), select, textarea, button', root);
    if (!control) return;
    event.preventDefault();
    root.scrollIntoView({ block: 'center' });
    control.focus({ preventScroll: true });
  });

  for (const button of document.querySelectorAll('[data-print], [data-copy]')) button.hidden = false;
  if (matchMedia('(max-width: 47.99rem)').matches) for (const details of document.querySelectorAll('details[data-narrow]')) details.open = false;
})();
