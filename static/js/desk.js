/* The validator's desk by keyboard: j/k walk the rows of [data-queue], x ticks, Enter opens, other letters press [data-key]. */
(() => {
  'use strict';
  const OFF = 'guichet.shortcuts.off';
  const off = () => localStorage.getItem(OFF) === '1';
  const rows = () => [...document.querySelectorAll('[data-queue] [data-row]')];
  const current = () => rows().find((row) => row.classList.contains('is-current'));

  function go(step) {
    const all = rows();
    if (!all.length) return;
    const from = all.indexOf(current());
    const next = all[Math.min(all.length - 1, Math.max(0, from < 0 ? 0 : from + step))];
    for (const row of all) row.classList.toggle('is-current', row === next);
    (next.querySelector('a[href]') || next).focus();
    next.scrollIntoView({ block: 'nearest' });
  }
  function tick() {
    const box = current() && current().querySelector('input[type=checkbox]');
    if (box) box.click();
  }
  function press(key) {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const button = (current() && current().querySelector(selector)) || document.querySelector(`main ${selector}`);
    if (button && !button.disabled) button.click();
    return Boolean(button);
  }
  function help() {
    const dialog = document.getElementById('shortcuts');
    if (dialog) dialog.showModal();
  }
  const KEYS = { j: () => go(1), k: () => go(-1), x: tick, '?': help };

  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], dialog');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || (off() && event.key !== '?')) return;
    if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); } else if (/^[a-z]$/.test(event.key) && press(event.key)) event.preventDefault();
  });
  document.addEventListener('focusin', ({ target }) => {
    const row = target.closest('[data-queue] [data-row]');
    if (row) for (const other of rows()) other.classList.toggle('is-current', other === row);
  });

  const box = document.querySelector('[data-shortcuts-off]');
  if (box) {
    box.checked = off();
    box.addEventListener('change', () => localStorage.setItem(OFF, box.checked ? '1' : '0'));
  }
})();
