// The executable behind `npm run gm`.

import { main } from './main.ts';

const controller = new AbortController();
process.once('SIGINT', () => {
  process.stderr.write('\nstopping after this batch; Ctrl-C again to stop at once\n');
  controller.abort();
});

// A reader such as `head` may leave before the last line; there is then no one left to tell.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
  process.exit();
});

// A reader that has seen enough (`gm … | head`) closes the pipe; that is no error of ours.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  signal: controller.signal,
});
