// One builder at a time: a lock file that names its holder's process, so that a dead holder blocks nobody.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS_MAX = 300_000;

/** Runs `work` while holding `path`; waits up to five minutes for another living holder. */
export async function withLock(path, work) {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!take(path)) {
    if (Date.now() > deadline) throw new Error(`Cannot build: ${path} is held by process ${holder(path)}`);
    if (!alive(holder(path))) rmSync(path, { force: true });
    else await sleep(50);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder's process id; our own parent of the moment when the file is just being written or just went. */
function holder(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || process.pid;
  } catch {
    return process.pid;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
