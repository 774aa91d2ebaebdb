// Every example is run as a reader would run it.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('examples', () => {
  for (const file of readdirSync('examples').filter((name) => name.endsWith('.mjs'))) {
    it(`${file} runs and ends well`, async () => {
      const { stdout } = await run(process.execPath, [`examples/${file}`]);
      expect(stdout).not.toBe('');
    });
  }
});
