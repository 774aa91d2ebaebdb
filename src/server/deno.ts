// The server on Deno: deno run --allow-read --allow-net --allow-env dist/server/deno.js

import { createApp } from './app.ts';
import { createFileHost, readOptions } from './files.ts';

/** The part of Deno that is used here. */
interface DenoHost {
  readonly args: readonly string[];
  readonly env: { get(name: string): string | undefined };
  serve(
    options: { port: number; hostname: string; onListen: (at: { port: number }) => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown;
}

const { Deno } = globalThis as unknown as { Deno: DenoHost };
const options = readOptions(Deno.args, Deno.env.get('PORT'));
const app = createApp(await createFileHost(options));
Deno.serve(
  {
    port: options.port,
    hostname: '127.0.0.1',
    onListen: ({ port }) => process.stdout.write(`GrandModel Edge: http://localhost:${port}\n`),
  },
  (request) => app.fetch(request),
);
