// Type-aware lint and the format check; `--fix` repairs what can be repaired.
import { spawnSync } from 'node:child_process';
import { ROOT } from './lib/files.mjs';

const fix = process.argv.includes('--fix');
const steps = [
  ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : [])],
  ['node_modules/prettier/bin/prettier.cjs', fix ? '--write' : '--check', '--log-level', 'warn', '.'],
];
const failed = steps.filter(
  (args) => spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) process.exit(1);
