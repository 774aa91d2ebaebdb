// The server on Node: `npm start`.

import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { createFileHost, readOptions } from './files.ts';

try {
  const options = readOptions(process.argv.slice(2), process.env['PORT']);
  const host = await createFileHost(options);
  const server = serve(
    { fetch: createApp(host).fetch, port: options.port, hostname: '127.0.0.1' },
    (info) => {
      process.stdout.write(`GrandModel Edge: http://localhost:${info.port}\n`);
    },
  );
  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EADDRINUSE'
        ? `port ${options.port} is busy; choose another with PORT=8081`
        : error.message;
    process.stderr.write(`Cannot start: ${reason}\n`);
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      // Browsers keep connections open; nothing here is worth waiting for.
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
