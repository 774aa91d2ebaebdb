// Builds elements without markup strings: text always enters as text.

/** Attributes of `h`; false and undefined leave one out, functions are listeners ("onclick"). */
export type Attributes = Readonly<
  Record<string, string | number | boolean | ((event: Event) => void) | undefined>
>;

type Child = Node | string | null;

/**
 * An element with attributes, listeners and children.
 *
 * @param tag  "div" or "div.class.other"
 */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Sets text only when it changed: no needless layout, no repeated announcement. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets a class on or off. */
export function setClass(element: Element, name: string, on: boolean): void {
  if (element.classList.contains(name) !== on) element.classList.toggle(name, on);
}

/** Puts children in place of the present ones. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child) => child !== null));
}

/** Fraction 0..1 as the width of a bar. */
export function setShare(element: HTMLElement, share: number): void {
  const known = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  element.style.setProperty('--share', known.toFixed(4));
}

/** A titled region of the page. */
export function card(title: string, name: string, ...children: Child[]): HTMLElement {
  const id = `title-${name}`;
  return h(`section.card.${name}`, { 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}
