// The models in a browser: same-origin assets beside the page, fetched once.

import type { ModelFiles } from '../engine/open.ts';

/** Written out one by one, because a bundler follows only literal URLs. */
const FILES: Readonly<Record<string, readonly [URL, URL]>> = {
  fvg: [
    new URL('../../models/fvg.onnx', import.meta.url),
    new URL('../../models/fvg.card.json', import.meta.url),
  ],
  momentum: [
    new URL('../../models/momentum.onnx', import.meta.url),
    new URL('../../models/momentum.card.json', import.meta.url),
  ],
  entry: [
    new URL('../../models/entry.onnx', import.meta.url),
    new URL('../../models/entry.card.json', import.meta.url),
  ],
  strategic: [
    new URL('../../models/strategic.onnx', import.meta.url),
    new URL('../../models/strategic.card.json', import.meta.url),
  ],
  risk: [
    new URL('../../models/risk.onnx', import.meta.url),
    new URL('../../models/risk.card.json', import.meta.url),
  ],
  execution: [
    new URL('../../models/execution.onnx', import.meta.url),
    new URL('../../models/execution.card.json', import.meta.url),
  ],
};

/**
 * Fetches every model and card.
 *
 * @throws Error when one of them is not there
 */
export async function fetchModels(): Promise<ModelFiles> {
  const entries = Object.entries(FILES).map(async ([agent, [onnx, card]]) => {
    const [bytes, text] = await Promise.all([get(onnx), get(card)]);
    return [agent, { onnx: new Uint8Array(await bytes.arrayBuffer()), card: await text.text() }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function get(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot load ${url.pathname}: status ${response.status}`);
  return response;
}
