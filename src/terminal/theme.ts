// Dark or light: the system's choice until the reader makes one; theirs is remembered where storage is
// allowed.

const KEY = 'gm-theme';

/** Applies a remembered choice. */
export function restoreTheme(): void {
  const chosen = read();
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset['theme'] = chosen;
}

/** Changes to the other theme and remembers it. */
export function toggleTheme(): void {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const next = (root.dataset['theme'] ?? system) === 'dark' ? 'light' : 'dark';
  root.dataset['theme'] = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A page without storage forgets the choice, and nothing else.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
