// The page's keys. Fields, buttons and open dialogs keep theirs.

/** What keys do. */
export interface KeyActions {
  readonly toggle: () => void;
  readonly step: (day: boolean) => void;
  readonly faster: (offset: number) => void;
  readonly decision: (offset: number) => void;
  readonly latest: () => void;
  readonly verify: () => void;
  readonly theme: () => void;
  readonly help: () => void;
}

/** Listens on the document for as long as the page lives. */
export function listenToKeys(actions: KeyActions): void {
  const keys: Readonly<Record<string, (shift: boolean) => void>> = {
    ' ': actions.toggle,
    ArrowRight: (shift) => actions.step(shift),
    ArrowUp: () => actions.faster(1),
    ArrowDown: () => actions.faster(-1),
    j: () => actions.decision(1),
    k: () => actions.decision(-1),
    l: actions.latest,
    v: actions.verify,
    d: actions.theme,
    '?': actions.help,
  };
  document.addEventListener('keydown', (event) => {
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || keepsKey(event)) return;
    event.preventDefault();
    action(event.shiftKey);
  });
}

function keepsKey(event: KeyboardEvent): boolean {
  const { target } = event;
  // The focus of a closed dialog moves on only with the next frame.
  if (!(target instanceof Element) || target.closest('dialog:not([open])')) return false;
  if (target.closest('dialog[open], input:not([type=checkbox]), select, textarea')) return true;
  if (event.key === ' ') return target.closest('button, input, a') !== null;
  return event.key.startsWith('Arrow') && event.key !== 'ArrowRight' && target.closest('.scroll') !== null;
}
