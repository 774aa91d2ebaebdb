// The overlay of keys and the words a newcomer needs.

import { h } from './dom.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['Space', 'play or pause'],
  ['→', 'one bar'],
  ['Shift →', 'one day of bars'],
  ['↑ ↓', 'faster, slower'],
  ['J K', 'older, newer decision'],
  ['L', 'follow the latest decision'],
  ['V', 'verify this run'],
  ['D', 'dark or light'],
  ['?', 'this help'],
];

/** The help dialog, closed. */
export function createHelp(): HTMLDialogElement {
  const close = h('button', { type: 'button', onclick: () => dialog.close() }, 'Close');
  const keys = KEYS.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)]);
  const dialog = h(
    'dialog.help',
    { 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keys and words'),
    h('dl', {}, ...keys),
    h(
      'p',
      {},
      'A synergy (three kinds of signal in one direction) opens a round. Four voters look at the closed ' +
        'bar; 65 % of the weight in one direction may go to risk, and only what risk approves becomes an ' +
        'order. Every event is in a journal that replays to the same bits. Drop a CSV of bars on the page ' +
        'to run it; nothing leaves this tab.',
    ),
    h('p', {}, 'This is a paper account and no advice. Simulated markets are labelled SIMULATED.'),
    close,
  ) as HTMLDialogElement;
  return dialog;
}
