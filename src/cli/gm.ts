// The executable behind `npm run gm`.

import { main } from './main.ts';

const controller = new AbortController();
process.once('SIGINT', () => {
  process.stderr.write('\nstopping after this batch; Ctrl-C again to stop at once\n');
  controller.abort();
});

process.exitCode = await main(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  signal: controller.signal,
});
