// `npm run bench:page [-- --port N]`: the benchmark page with the JavaScript libraries of bench/peers built
// in, served like the terminal. The next `npm start` builds the page without them again.
import { spawn, spawnSync } from 'node:child_process';
import { ROOT } from './lib/files.mjs';
import { installPeers } from './lib/peers.mjs';

const missing = await installPeers();
if (missing !== null) process.stderr.write(`the peers are not installed: ${missing}\n`);
process.stderr.write('building the page\n');
const build = ['scripts/build.mjs', '--if-stale', '--quiet', '--peers'];
const { status } = spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(1);

const args = ['dist/server/node.js', ...process.argv.slice(2)];
const server = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
server.stdout.on('data', (data) => {
  process.stdout.write(String(data).replace(/^GrandModel Edge: (\S+)$/m, 'Benchmarks: $1/bench/'));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.kill(signal));
server.once('exit', (code) => process.exit(code ?? 0));
