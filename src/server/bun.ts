// The server on Bun: bun dist/server/bun.js

import { createApp } from './app.ts';
import { createFileHost, readOptions } from './files.ts';

/** The part of Bun that is used here. */
interface BunHost {
  serve(options: {
    port: number;
    hostname: string;
    fetch: (request: Request) => Response | Promise<Response>;
  }): { readonly port: number };
}

const { Bun } = globalThis as unknown as { Bun: BunHost };
const options = readOptions(process.argv.slice(2), process.env['PORT']);
const app = createApp(await createFileHost(options));
const server = Bun.serve({
  port: options.port,
  hostname: '127.0.0.1',
  fetch: (request) => app.fetch(request),
});
process.stdout.write(`GrandModel Edge: http://localhost:${server.port}\n`);
