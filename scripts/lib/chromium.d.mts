/** What to do when there is no browser. */
export const CHROMIUM_HINT: string;
/** Path of the browser, or null. */
export function findChromium(): string | null;
/** playwright-core launch options; `webgpu` switches the software adapter on. */
export function chromiumLaunchOptions(options?: { webgpu?: boolean }): {
  executablePath: string;
  args: string[];
};
